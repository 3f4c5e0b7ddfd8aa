"""The versions of a home's rules, and what differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.policy import Policy, policy_of
from alerts.rule_edits import wrong
from alerts.rulebook import policy_differences, shipped_texts
from core.db import open_session, upgrade
from core.rulebook import reading, writing
from core.rulebook.reading import Act, Activation, Version
from core.words import Text
from models.scorecard.differences import Difference, differences
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import RuleSet, rules_of
from services.reads.base import home_at

# Drafts are read as of a day after everything that is written in them.
NEWEST = date.max


@dataclass(frozen=True)
class Shelf:
    """Every version, the newest first, when each began to hold, and which holds when.

    `now` is the number of the version in force for the newest month (None: the program's own),
    `last_run` the newest month that was scored, `first_open` the first day a version may begin.
    """

    versions: list[Version]
    activations: list[Activation]
    now: int | None
    next: int | None
    last_run: date | None
    first_open: date


def shelf(home: str) -> Shelf:
    """The store as it stands."""
    folder = home_at(home)
    upgrade(folder)
    last = last_run(home)
    first = first_open(home)
    with open_session(folder) as session:
        now = reading.in_force(session, last or date.min)
        after = reading.in_force(session, NEWEST)
        return Shelf(
            reading.versions(session),
            reading.activations(session),
            now.number if now else None,
            after.number if after else None,
            last,
            first,
        )


def last_run(home: str) -> date | None:
    """The newest month that was scored; None before the first."""
    months = home_at(home).months("scores")
    return months[-1] if months else None


def first_open(home: str) -> date:
    """The first day from which rules can still be chosen: the day after the last month run."""
    last = last_run(home)
    return last + timedelta(days=1) if last else date(2000, 1, 1)


def version(home: str, number: int) -> Version:
    """One version. Raises VersionNotFound."""
    folder = home_at(home)
    upgrade(folder)
    with open_session(folder) as session:
        return reading.version(session, number)


def history(home: str, number: int) -> list[Act]:
    """What happened to a version, oldest first."""
    with open_session(home_at(home)) as session:
        return reading.history(session, number)


def writers(home: str, number: int) -> list[str]:
    """Who wrote or edited a version; none of them may approve it."""
    with open_session(home_at(home)) as session:
        return sorted(writing.writers(session, number))


def refusals(home: str, number: int) -> list[Text]:
    """What the gate said against a version when it was tried; empty where it said nothing."""
    said = (version(home, number).tried or {}).get("refused", [])
    return [Text(one["zh"], one["en"]) for one in said]


def texts_of(home: str, number: int | None) -> Mapping[str, str]:
    """Texts of a version; without a number those that hold next, or came with the program."""
    if number is not None:
        return version(home, number).texts
    folder = home_at(home)
    upgrade(folder)
    with open_session(folder) as session:
        found = reading.in_force(session, NEWEST)
    return found.texts if found else shipped_texts(folder)


def rules(home: str, number: int | None) -> RuleSet:
    """The newest rules of a version. Raises RulebookError for one that cannot be read."""
    try:
        return rules_of(texts_of(home, number), NEWEST)
    except ScorecardError as error:
        raise wrong(error) from error


def policy(home: str, number: int | None) -> Policy:
    """The alert policy of a version."""
    return policy_of(texts_of(home, number))


def compared(home: str, before: int | None, after: int | None) -> list[Difference]:
    """Every value that differs between two versions, in the order of the scorecard."""
    found = differences(rules(home, before), rules(home, after))
    return found + policy_differences(policy(home, before), policy(home, after))


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """The same for texts."""
    try:
        old, new = (rules_of(texts, NEWEST) for texts in (before, after))
    except ScorecardError as error:
        raise wrong(error) from error
    return differences(old, new) + policy_differences(policy_of(before), policy_of(after))
