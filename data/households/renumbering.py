"""Families that got another number as a whole, by the register's rows as known by a day.

A register office renumbers: a book is exchanged, a village's numbers are given anew. The family is
the same, and so are its assistance, its score and its open alerts. Only what can be nothing else is
taken for it: everybody of one number goes, on one day, to one other number, which nobody of another
family came to on that day and nobody belonged to. Where a part stays behind, or goes elsewhere, it
is a split.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from data.households.intervals import registered


@dataclass(frozen=True)
class Move:
    """Everybody of `before` went to `number` on a day; `first`: nobody was ever there before."""

    before: str
    number: str
    day: date
    known_on: date
    persons: frozenset[str]
    first: bool


def whole_moves(
    con: duckdb.DuckDBPyConnection, register: str, deaths: str | None, column: str, as_of: date
) -> list[Move]:
    """The moves of whole families by a day, oldest first.

    `register` and `deaths` are SELECTs of the rows in force, `column` names the household. Reads
    the temporary table `came` (household, person) of `data.households.handing`.
    """
    # Of the whole register only those who ever had two numbers, and whom they lived with, matter.
    con.execute(
        "CREATE OR REPLACE TEMP TABLE near AS SELECT DISTINCT household FROM came WHERE person IN "
        "(SELECT person FROM came GROUP BY person HAVING count(DISTINCT household) > 1)"
    )
    theirs = (
        f"SELECT * FROM ({register}) WHERE person IN "  # noqa: S608 (SELECTs of our own)
        "(SELECT person FROM came SEMI JOIN near USING (household))"
    )
    rows = con.execute(
        f"""
        WITH stays AS MATERIALIZED ({registered(theirs, deaths, column)}),
        moves AS (
            SELECT a.household AS before, b.household AS number, b.valid_from AS day,
                   greatest(max(a.known_to), max(b.known_from)) AS known_on,
                   list_sort(list(person)) AS persons
            FROM stays a JOIN stays b USING (person)
            WHERE b.valid_from = a.valid_to AND b.household <> a.household
            GROUP BY ALL
        ),
        whole AS (
            SELECT * FROM moves QUALIFY count(*) OVER (PARTITION BY before, day) = 1
                                    AND count(*) OVER (PARTITION BY number, day) = 1
        ),
        stayed AS (
            SELECT DISTINCT m.before, m.day FROM whole m JOIN stays s
              ON s.household = m.before AND s.valid_from <= m.day
                 AND (s.valid_to IS NULL OR s.valid_to > m.day)
        ),
        there AS (
            SELECT m.number, m.day, bool_or(s.valid_to IS NULL OR s.valid_to > m.day) AS still
            FROM whole m JOIN stays s ON s.household = m.number AND s.valid_from < m.day
            GROUP BY ALL
        )
        SELECT m.before, m.number, m.day, m.known_on, m.persons, t.number IS NULL
        FROM whole m ANTI JOIN stayed s USING (before, day)
        LEFT JOIN there t ON t.number = m.number AND t.day = m.day
        WHERE NOT coalesce(t.still, false)
        ORDER BY m.day, m.before
        """,  # noqa: S608 (SELECTs of our own)
        {"as_of": as_of},
    ).fetchall()
    return [Move(*row[:4], frozenset(row[4]), row[5]) for row in rows]
