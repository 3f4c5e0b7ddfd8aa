"""Household numbers that were given to another family: whose rows a number's rows are.

A household's pseudonym stands for its number, and register offices give numbers out again. When
nobody of a family belongs to a number any more and people come who never belonged to it, one of
them as head, they are another family: it gets a pseudonym of its own, so that it inherits no
history, no score and no alert. A family that gets another number as a whole stays the family it
was (`data.households.renumbering`): it keeps its pseudonym. Nothing is written: this is told from
the register's rows as they were known by a day, each time rows are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

import duckdb

from core.engine import cursor
from data.households.intervals import registered
from data.households.renumbering import Move, whole_moves

# For each kind of household an expression over the register's columns that names it. `household`
# is where a person lives, by the register; other feeds' household is that one too.
KINDS = {"registered": "coalesce(household_registered, household)", "living": "household"}
# The kind whose families the columns of a lake table are told apart by.
COLUMNS = {
    "household": "living",
    "household_living": "living",
    "household_registered": "registered",
}
FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Family:
    """One of the families that had a number, one after the other, by one kind of household.

    `number` is the pseudonym of the number, `household` the family's own, `nth` counts from 1.
    `since` is the day on which the family came to it (of the first one: any day before).
    """

    kind: str
    number: str
    household: str
    nth: int
    since: date
    persons: frozenset[str]


@dataclass(frozen=True)
class Renumbered:
    """A family that got another number as a whole: `number` since `day`, known by `known_on`."""

    kind: str
    household: str
    number: str
    day: date
    known_on: date
    persons: int


@dataclass(frozen=True)
class HandedOn:
    """The families of every number that more than one family had, or that a family got in place of
    another one."""

    families: tuple[Family, ...] = ()
    renumbered: tuple[Renumbered, ...] = ()

    def of(self, kind: str) -> list[Family]:
        """Those of one kind of household."""
        return [one for one in self.families if one.kind == kind]

    def by_date(self, kind: str) -> list[tuple[str, date, date, str]]:
        """(number, from, before, household) of the later families: a row of those days is theirs.

        A family that came back to its number has several.
        """
        found = []
        for number, told in groupby(self.of(kind), key=lambda one: one.number):
            spans = sorted(told, key=lambda one: one.since)
            ends = [*(one.since for one in spans[1:]), FAR]
            found += [
                (number, one.since, end, one.household)
                for one, end in zip(spans, ends, strict=True)
                if one.household != number
            ]
        return found

    def beside(self, household: str) -> set[str]:
        """The households that ever had the number of a household, itself among them."""
        numbers = {one.number for one in self.families if one.household == household}
        return {household} | {one.household for one in self.families if one.number in numbers}

    def newest(self, number: str) -> str:
        """The household that has a number now, among those living together."""
        told = [one for one in self.of("living") if one.number == number]
        return max(told, key=lambda one: one.since).household if told else number

    def by_person(self, kind: str) -> list[tuple[str, str, str]]:
        """(number, person, household) of everybody who belonged to one family of a number alone:
        a row that names them is that family's, whatever its date."""
        whose: dict[tuple[str, str], set[str]] = {}
        for one in self.of(kind):
            for person in one.persons:
                whose.setdefault((one.number, person), set()).add(one.household)
        return sorted((*key, next(iter(homes))) for key, homes in whose.items() if len(homes) == 1)


def own_pseudonym(number: str, nth: int) -> str:
    """Pseudonym of the nth family of a number, made from that of the number; the first keeps it."""
    if nth == 1:
        return number
    return "h" + hashlib.sha256(f"{number}\n{nth}".encode()).hexdigest()[: len(number) - 1]


def handed_on(register: str | None, deaths: str | None, as_of: date) -> HandedOn:
    """Which numbers were given on by a day, as known then.

    `register` and `deaths` are SELECTs of the rows in force (None: never delivered). Kept while
    they stay the same, since nearly every read of the lake asks.
    """
    return HandedOn() if register is None else _kept(register, deaths, as_of)


@lru_cache(maxsize=64)
def _kept(register: str, deaths: str | None, as_of: date) -> HandedOn:
    families: list[Family] = []
    renumbered: list[Renumbered] = []
    with cursor() as con:
        for kind, column in KINDS.items():
            told = _families(con, kind, register, deaths, as_of)
            moves = whole_moves(con, register, deaths, column, as_of)
            told, followed = _followed(kind, told, moves)
            families += told
            renumbered += followed
    return HandedOn(tuple(families), tuple(renumbered))


def _followed(
    kind: str, families: list[Family], moves: Iterable[Move]
) -> tuple[list[Family], list[Renumbered]]:
    """Families under the pseudonym that they had before they got another number, move by move."""
    told, followed = list(families), []
    for move in moves:
        there = [one for one in told if one.number == move.number]
        own = [one for one in there if one.since == move.day and one.nth > 1]
        if there if move.first else not own:
            continue  # others were there before, and the register does not show that they are gone
        household = _household_of(told, move)
        if own:
            theirs = (move.number, own[0].nth)
            told = [
                replace(one, household=household) if (one.number, one.nth) == theirs else one
                for one in told
            ]
        else:
            told.append(Family(kind, move.number, household, 1, move.day, move.persons))
        people = len(move.persons)
        followed.append(Renumbered(kind, household, move.number, move.day, move.known_on, people))
    return told, followed


def _household_of(families: Iterable[Family], move: Move) -> str:
    """The pseudonym of those who leave a number, which may have had several families."""
    before = [one for one in families if one.number == move.before and one.since < move.day]
    return max(before, key=lambda one: one.since).household if before else move.before


def _families(
    con: duckdb.DuckDBPyConnection, kind: str, register: str, deaths: str | None, as_of: date
) -> list[Family]:
    """The families of numbers that stood empty, or changed hands, at least once."""
    asked = {"as_of": as_of}
    # A number that was handed on has a head who came later than its first people: few have.
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE came AS
        SELECT {KINDS[kind]} AS household, person, min(happened_on) AS came,
               coalesce(bool_or(relation = 'head'), false) AS headed
        FROM ({register}) WHERE known_on <= $as_of AND happened_on <= $as_of
        GROUP BY ALL
        """,  # noqa: S608 (SELECTs of our own)
        asked,
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE later AS SELECT household FROM came GROUP BY household "
        "HAVING max(came) FILTER (WHERE headed) > min(came)"
    )
    theirs = (
        f"SELECT * FROM ({register}) WHERE person IN "  # noqa: S608 (SELECTs of our own)
        "(SELECT person FROM came SEMI JOIN later USING (household))"
    )
    stays = registered(theirs, deaths, KINDS[kind])
    rows = con.execute(
        f"""
        WITH stays AS MATERIALIZED ({stays}),
        ends AS (
            SELECT household, person, valid_from, relation,
                   max(coalesce(valid_to, DATE '{FAR}')) OVER (
                       PARTITION BY household ORDER BY valid_from, person
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS left_on
            FROM stays SEMI JOIN later USING (household)
        ),
        turns AS (
            SELECT *, sum((valid_from >= left_on)::INT) OVER (
                PARTITION BY household ORDER BY valid_from, person) AS turn
            FROM ends
        ),
        twice AS (SELECT DISTINCT household FROM turns WHERE turn > 0)
        SELECT household, coalesce(turn, 0), min(valid_from), list_sort(list(DISTINCT person)),
               coalesce(bool_or(relation = 'head'), false)
        FROM turns SEMI JOIN twice USING (household)
        GROUP BY ALL ORDER BY ALL
        """,  # noqa: S608 (SELECTs of our own)
        asked,
    ).fetchall()
    told = groupby(rows, key=lambda row: row[0])
    return [one for number, turns in told for one in _of_number(kind, number, turns)]


def _of_number(kind: str, number: str, turns: Iterable[tuple[Any, ...]]) -> list[Family]:
    """The families of one number, by its turns: (number, nth, since, persons, with a head).

    A turn with somebody of an earlier family is that family's. One without a head is no family of
    its own: those people came to somebody whom the register does not show.
    """
    told: list[tuple[int, date, frozenset[str]]] = []
    for _, _, since, persons, headed in turns:
        people = frozenset(persons)
        known = next((nth for nth, _, others in told if others & people), None)
        if known is None and not headed and told:
            known = told[-1][0]
        nth = known or max((n for n, *_ in told), default=0) + 1
        told.append((nth, since, people))
    if len({nth for nth, *_ in told}) == 1:
        return []
    return [
        Family(kind, number, own_pseudonym(number, nth), nth, since, people)
        for nth, since, people in told
    ]
