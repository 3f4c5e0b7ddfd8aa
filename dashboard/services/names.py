"""Labels that other rooms keep beside their code: indicators, features, needs, coded values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

from alerts import states
from alerts.handling import Handling
from alerts.words import words_on
from data.contracts import all_feeds, load_contract
from models.scorecard.rules import RuleSet, load_rules


@dataclass(frozen=True)
class Words:
    """One label in both languages."""

    zh: str
    en: str


class Kind(Enum):
    """Enumerations of the workflow whose codes are stored in tables."""

    STATE = states.State
    ROLE = states.Role
    ACTION = states.Action
    OUTCOME = states.Outcome
    CAUSE = states.Cause
    SOURCE = states.Source
    BAND = states.Band
    NEED_STATE = states.NeedState
    QUESTION = states.Question


# What the blue band and no band are both called where a reader must not tell them apart.
LOWER_BAND = "lower"


def word(kind: Kind, code: Any) -> Words:
    """Label of a stored code; the code itself when it is not known, a dash for none."""
    if code is None or code != code or code == "":
        return Words("–", "–")
    if kind is Kind.BAND and code == LOWER_BAND:
        return Words("蓝色及以下", "Blue or below")
    try:
        found = kind.value(str(code))
    except ValueError:
        return Words(str(code), str(code))
    return Words(found.zh, found.en)


def codes(kind: Kind) -> list[str]:
    """Every code of an enumeration, in its own order."""
    return [member.value for member in kind.value]


def handling(code: Any) -> Words:
    """Label of a handling class 1 to 4; a dash for none."""
    if code is None or code != code:
        return Words("–", "–")
    found = Handling(int(code))
    return Words(f"第{int(code)}类 {found.zh}", f"{int(code)} {found.en}")


def handlings() -> list[int]:
    """The four handling classes."""
    return [int(one) for one in Handling]


@lru_cache(maxsize=32)
def rules(on: date) -> RuleSet:
    """The scorecard in force on a day, read once."""
    return load_rules(on)


def categories(on: date) -> dict[str, Words]:
    """Labels of the eight categories, and of X for everything else."""
    found = {c: Words(e.label.zh, e.label.en) for c, e in rules(on).categories.items()}
    return found | {"X": Words("地点与时间等", "Place, time and others")}


def indicator(code: str, on: date) -> Words:
    """Name of an indicator; the code when it is not in force."""
    text = words_on(on).indicator(code)
    return Words(text.zh, text.en)


def need(code: Any) -> Words:
    """Label of a kind of need."""
    text = words_on(date.max).needs().get(str(code))
    return Words(text.zh, text.en) if text else Words(str(code), str(code))


def need_codes() -> list[str]:
    """Every kind of need, in the scorecard's order."""
    return list(words_on(date.max).needs())


def department(code: Any) -> Words:
    """Label of a department."""
    text = words_on(date.max).departments().get(str(code))
    return Words(text.zh, text.en) if text else Words(str(code), str(code))


@lru_cache(maxsize=512)
def _codes(feed: str, field: str) -> dict[str, Words]:
    found = next((f for f in load_contract(feed).fields if f.name == field), None)
    return {str(c.value): Words(c.zh, c.en) for c in found.codes} if found else {}


def value(feed: str, field: str, code: Any) -> Words:
    """Label of a coded value of a feed, such as 'inpatient'."""
    if code is None or code != code:
        return Words("–", "–")
    return _codes(feed, field).get(str(code), Words(str(code), str(code)))


def feed(name: str) -> Words:
    """Name of a feed."""
    if name not in all_feeds():
        return Words(name, name)
    contract = load_contract(name)
    return Words(contract.zh, contract.en)


def owner(name: str) -> Words:
    """Department that delivers a feed."""
    contract = load_contract(name)
    return Words(contract.owner_zh, contract.owner_en)
