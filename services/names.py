"""Labels that other rooms keep beside their code: indicators, features, needs, coded values."""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts import states
from alerts.handling import Handling
from alerts.words import Words, vocabulary
from core.home import Home
from core.words import Text
from data.contracts import all_feeds, load_contract
from features.engine.feature import Feature
from models.risk.dataset import catalogue
from models.risk.facts import facts
from models.risk.feature_words import unit_text
from models.scorecard.rules import RuleSet, load_rules


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
    HELP = states.HelpKind
    TRUTH = states.Truth
    QUESTION = states.Question


# What the blue band and no band are both called where a reader must not tell them apart, and every
# source of the ranking and of the draws.
BLIND = LOWER_BAND, VISIT = "lower", "visit"


def _bare(code: Any) -> Text:
    """A code that has no words speaks for itself."""
    return Text(str(code), str(code))


def word(kind: Kind, code: Any) -> Text:
    """Label of a stored code; the code itself when it is not known, a dash for none."""
    if code is None or code != code or code == "":
        return Text("–", "–")
    if kind is Kind.BAND and code == LOWER_BAND:
        return Text("蓝色及以下", "Blue or below")
    if kind is Kind.SOURCE and code == VISIT:
        return Text("走访", "Visit")
    try:
        found = kind.value(str(code))
    except ValueError:
        return _bare(code)
    return Text.of(found)


def codes(kind: Kind) -> list[str]:
    """Every code of an enumeration, in its own order."""
    return [member.value for member in kind.value]


def handling(code: Any) -> Text:
    """Label of a handling class 1 to 4; a dash for none."""
    if code is None or code != code:
        return Text("–", "–")
    found = Handling(int(code))
    return Text(f"第{int(code)}类 {found.zh}", f"{int(code)} {found.en}")


def handlings() -> list[int]:
    """The four handling classes."""
    return [int(one) for one in Handling]


def categories(home: str, on: date) -> dict[str, Text]:
    """Labels of the eight categories in a home, and of X for everything else."""
    found = {c: e.label for c, e in _rules(home, on).categories.items()}
    return found | {"X": Text("地点与时间等", "Place, time and others")}


def indicator(home: str, on: date, code: str) -> Text:
    """Name of an indicator in a home; the code when it is not in force."""
    return Words(_rules(home, on)).indicator(code)


def _rules(home: str, on: date) -> RuleSet:
    return load_rules(on, home=Home(Path(home)))


def need(code: Any) -> Text:
    """Label of a kind of need."""
    return vocabulary().needs().get(str(code)) or _bare(code)


def need_codes() -> list[str]:
    """Every kind of need, in the scorecard's order."""
    return list(vocabulary().needs())


def department(code: Any) -> Text:
    """Label of a department."""
    return vocabulary().departments().get(str(code)) or _bare(code)


def departments() -> list[str]:
    """Every department, in the scorecard's order."""
    return list(vocabulary().departments())


@lru_cache(maxsize=512)
def feature(name: str) -> Text:
    """Label of a household feature of the model; its name where the catalogue has none."""
    card = _features().get(name)
    return Text(card.zh, card.en) if card else _bare(name)


def fact(code: str) -> Text:
    """Name of a fact that the model tells; of a feature, as older alerts name them, its label."""
    found = facts().by_code.get(code)
    return Text(found.zh, found.en) if found else feature(code)


@lru_cache(maxsize=1)
def _features() -> dict[str, Feature]:
    return catalogue()


def unit(code: str) -> Text:
    """A unit of the catalogue, such as 元/月."""
    return unit_text(code)


@lru_cache(maxsize=512)
def _codes(feed: str, field: str) -> dict[str, Text]:
    found = next((f for f in load_contract(feed).fields if f.name == field), None)
    return {str(c.value): Text.of(c) for c in found.codes} if found else {}


def value(feed: str, field: str, code: Any) -> Text:
    """Label of a coded value of a feed, such as 'inpatient'."""
    if code is None or code != code:
        return Text("–", "–")
    return _codes(feed, field).get(str(code)) or _bare(code)


def feed(name: str) -> Text:
    """Name of a feed."""
    if name not in all_feeds():
        return _bare(name)
    return Text.of(load_contract(name))


def owner(name: str) -> Text:
    """Department that delivers a feed."""
    contract = load_contract(name)
    return Text(contract.owner_zh, contract.owner_en)
