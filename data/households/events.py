"""What happened to households: split, merged, renumbered, a number handed on, a head missing.

Events are told from the stays of `data.households.memberships`, each with the day on which the
last of it was learned; what was learned later than a day is no event as of that day.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from core.words import Text
from data.households.handing import FAR, HandedOn
from data.households.memberships import LIVING, VISITED, open_stays, stays_of
from data.lake import Lake

SPLIT, MERGED, RENUMBERED, MOVED = "split", "merged", "renumbered", "moved"
REUSED, HEADLESS, TWICE = "reused", "head_missing", "in_two"
EVENTS = {
    SPLIT: Text("分户", "Split off"),
    MERGED: Text("并户", "Merged into another"),
    RENUMBERED: Text("整户换号", "The whole household got another number"),
    MOVED: Text("成员转户", "A member moved to another household"),
    REUSED: Text("户号重新启用", "Number given to another family"),
    HEADLESS: Text("缺户主", "Head missing"),
    TWICE: Text("同时在两户", "In two households at once"),
}

_MOVES = f"""
    WITH moves AS (
        SELECT a.kind, a.household AS source, b.household AS target, b.valid_from AS day,
               greatest(max(a.known_to), max(b.known_from)) AS known_on, count(*) AS persons,
               CASE WHEN count(*) = 1 THEN min(a.person) END AS person,
               count(*) OVER (PARTITION BY a.kind, a.household, b.valid_from) AS targets
        FROM stays a JOIN stays b
          ON b.kind = a.kind AND b.person = a.person AND b.valid_from = a.valid_to
             AND b.household <> a.household
        WHERE a.kind <> '{VISITED}' GROUP BY a.kind, a.household, b.household, b.valid_from
    ),
    founded AS (SELECT kind, household, min(valid_from) AS day FROM stays GROUP BY ALL),
    -- Who still belonged to the household that was left, on the day it was left.
    stayed AS (
        SELECT DISTINCT m.kind, m.source, m.day FROM moves m JOIN stays s
          ON s.kind = m.kind AND s.household = m.source AND s.valid_from <= m.day
             AND coalesce(s.valid_to, DATE '{FAR}') > m.day
    )
    -- A family that only got another number is no move here: its household stays the same.
    SELECT CASE WHEN f.household IS NOT NULL AND (s.source IS NOT NULL OR m.targets > 1)
                THEN '{SPLIT}'
                WHEN s.source IS NULL THEN '{MERGED}' ELSE '{MOVED}' END AS event,
           m.kind, m.day, m.known_on, m.target AS household, m.source AS other, m.persons, m.person
    FROM moves m
    LEFT JOIN founded f ON f.kind = m.kind AND f.household = m.target AND f.day = m.day
    LEFT JOIN stayed s ON s.kind = m.kind AND s.source = m.source AND s.day = m.day
"""  # noqa: S608 (ours)

# Without a head the oldest member stands for it, as features.population takes it: a guess.
_HEADLESS = f"""
    WITH here AS (
        SELECT s.household, s.person, s.valid_from, s.known_from, p.relation, p.born_month
        FROM stays s JOIN people p USING (person)
        WHERE s.kind = '{LIVING}' AND s.valid_to IS NULL
    ),
    missing AS (
        SELECT household, count(*) AS persons, min(valid_from) AS first_on,
               min(known_from) AS first_known,
               arg_min(person, (born_month IS NULL, born_month, person)) AS person
        FROM here GROUP BY household HAVING NOT coalesce(bool_or(relation = 'head'), false)
    ),
    heads AS (
        SELECT s.household, max(s.valid_to) AS day, arg_max(s.known_to, s.valid_to) AS known_on
        FROM stays s JOIN people p USING (person)
        WHERE s.kind = '{LIVING}' AND s.valid_to IS NOT NULL AND p.relation = 'head'
        GROUP BY s.household
    )
    SELECT '{HEADLESS}' AS event, '{LIVING}' AS kind, coalesce(h.day, m.first_on) AS day,
           coalesce(h.known_on, m.first_known) AS known_on, m.household, NULL AS other,
           m.persons, m.person
    FROM missing m LEFT JOIN heads h USING (household)
"""  # noqa: S608 (ours)

# A visit speaks of its own day: whoever moves afterwards, or is with a family that gets another
# number, was met where the register had them live.
_TWICE = f"""
    SELECT '{TWICE}' AS event, '{VISITED}' AS kind, min(v.happened_on) AS day,
           greatest(max(l.known_from), arg_min(v.known_on, v.happened_on)) AS known_on,
           v.household, l.household AS other, 1 AS persons, v.person
    FROM stays l JOIN met v
      ON v.person = l.person AND v.household <> l.household AND v.happened_on >= l.valid_from
         AND v.happened_on < coalesce(l.valid_to, DATE '{FAR}')
         AND v.happened_on <= $as_of AND v.known_on <= $as_of
    WHERE l.kind = '{LIVING}' GROUP BY v.household, l.household, v.person
"""  # noqa: S608 (ours)


_REUSED = f"""
    SELECT '{REUSED}' AS event, h.kind, h.day,
           greatest(
               min(s.known_from) FILTER (WHERE s.household = h.household AND s.valid_from >= h.day),
               max(s.known_to) FILTER (WHERE s.household = h.other AND s.valid_to <= h.day)
           ) AS known_on,
           h.household, h.other, h.n AS persons, NULL AS person
    FROM handed h JOIN stays s ON s.kind = h.kind AND s.household IN (h.household, h.other)
    GROUP BY ALL
"""  # noqa: S608 (ours)
_RENUMBERED = f"""
    SELECT '{RENUMBERED}' AS event, kind, day, known_on, household, number AS other, n AS persons,
           NULL AS person
    FROM renumbered
"""  # noqa: S608 (ours)
_ALL = " UNION ALL BY NAME ".join(
    f"SELECT * FROM ({text})"  # noqa: S608 (ours)
    for text in (_MOVES, _HEADLESS, _TWICE, _REUSED, _RENUMBERED)
)


def events(lake: Lake, as_of: date, household: str | None = None) -> pa.Table:
    """What happened to every household, or to one, oldest first, as known by a day.

    Columns: event (of EVENTS), kind of household, day, known_on, household (of a head missing and a
    number reused: the family concerned, else the one that somebody came to), other (the one they
    left, the family that had the number before, or of a renumbered family the pseudonym of its new
    number), persons (how many), person (the one concerned, where it is one; of a missing head: the
    oldest member, who is taken for it).
    """
    with open_stays(lake, as_of, household) as con:
        return _events(con, lake, as_of, household)


def stays_and_events(lake: Lake, as_of: date, household: str) -> tuple[pa.Table, pa.Table]:
    """`memberships` and `events` of one household, which are told from the same stays."""
    with open_stays(lake, as_of, household) as con:
        return stays_of(con, household), _events(con, lake, as_of, household)


def _events(
    con: duckdb.DuckDBPyConnection, lake: Lake, as_of: date, household: str | None
) -> pa.Table:
    _add_handed(con, lake.handed_on(as_of))
    return con.sql(
        f"SELECT * FROM ({_ALL}) WHERE $household::VARCHAR IS NULL "  # noqa: S608 (ours)
        "OR household = $household OR other = $household "
        "ORDER BY day, event, kind, household, other, person",
        params={"household": household, "as_of": as_of},
    ).to_arrow_table()


def _add_handed(con: duckdb.DuckDBPyConnection, handed: HandedOn) -> None:
    """The tables `handed` (kind, household, other: the family before, day, number of people) and
    `renumbered` (kind, household, its new number, day, known_on, number of people)."""
    con.execute(
        "CREATE TEMP TABLE handed "
        "(kind VARCHAR, household VARCHAR, other VARCHAR, day DATE, n INTEGER)"
    )
    rows = [
        (later.kind, later.household, before.household, later.since, len(later.persons))
        for before, later in zip(handed.families, handed.families[1:], strict=False)
        if (before.kind, before.number) == (later.kind, later.number)
        and before.household != later.household
    ]
    if rows:
        con.executemany("INSERT INTO handed VALUES (?, ?, ?, ?, ?)", rows)
    con.execute(
        "CREATE TEMP TABLE renumbered (kind VARCHAR, household VARCHAR, number VARCHAR, day DATE, "
        "known_on DATE, n INTEGER)"
    )
    if handed.renumbered:
        told = [
            (r.kind, r.household, r.number, r.day, r.known_on, r.persons) for r in handed.renumbered
        ]
        con.executemany("INSERT INTO renumbered VALUES (?, ?, ?, ?, ?, ?)", told)
