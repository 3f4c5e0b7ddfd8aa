"""Reads of the explanations: a stored version as a whole, and one household more closely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

import numpy as np
import pandas as pd

from alerts.words import vocabulary
from core.access.areas import Area
from core.home import Home
from core.progress import Progress, quiet
from core.words import Text
from models.risk.errors import RiskError
from models.risk.feature_words import value_text
from services import cache
from services.reads import base
from services.reads.asked import Asked, newest

__all__ = [
    "KIND",
    "Asked",
    "Lowering",
    "Offered",
    "Similar",
    "Steady",
    "asked",
    "can_explain",
    "configuration",
    "explain",
    "lowering",
    "offered",
    "overview",
    "similar",
    "steadiness",
    "work",
]

KIND = "explanation"
# What the engine calls its steps, in the reader's words.
STEPS = {
    "read": Text("读取家庭 …", "Reading the households …"),
    "shap": Text("计算各项特征的影响 …", "What each feature adds …"),
    "interactions": Text("计算特征间的共同作用 …", "Which features act together …"),
    "stability": Text("检查理由是否稳定 …", "Whether the reasons hold …"),
    "done": Text("完成", "Done"),
}
Question = Literal["existing", "coming"]
# Features of which a similar household may be told to be alike: the strongest of the household.
STRONGEST = 8


@dataclass(frozen=True)
class Offered:
    """Versions of a question's model, the newest first, and which of them speaks (None: none)."""

    versions: tuple[str, ...]
    champion: str | None


@base.cached_models
def offered(home: str) -> dict[str, Offered]:
    """What can be explained, by question ('' for a model of one label); empty before training."""
    folder = base.home_at(home)
    if not (folder.mlruns / "mlflow.db").exists():
        return {}
    from models.risk.registry import CHAMPION, QUESTIONS, alias, versions

    found = {}
    for question in (*QUESTIONS, ""):
        numbers = versions(folder, question or None)
        if numbers:
            found[question] = Offered(tuple(numbers), alias(folder, CHAMPION, question or None))
    return found


def overview(home: str, as_of: date, question: str, version: str) -> Any:
    """The kept overview (models.risk.explaining.overview.Overview); None when it must be made."""
    from models.risk.explaining.kept import read_overview

    return read_overview(base.home_at(home), as_of, question, version)


def can_explain(home: str, as_of: date) -> None:
    """Raises NothingYet when the month has no profile."""
    base.needed_file(home, "profile", as_of, "household.parquet")


def asked(home: str, as_of: date, question: str, version: str) -> Asked | None:
    """The newest explanation of the month and version in the queue; None where none was asked."""
    return newest(home, KIND, configuration(as_of, question, version), STEPS)


def configuration(as_of: date, question: str, version: str) -> dict[str, str]:
    """What a job of this kind is asked."""
    return {"as_of": as_of.isoformat(), "question": question, "version": version}


def work(home: Home, asked: Mapping[str, Any], who: str, tell: Progress) -> dict[str, Any]:
    """Explain as a job was asked; see explain."""
    day, question = date.fromisoformat(asked["as_of"]), str(asked["question"])
    explain(str(home.root), day, question, str(asked["version"]), tell)
    return {}


def explain(home: str, as_of: date, question: str, version: str, progress: Progress = quiet) -> Any:
    """Make the overview of a version on a month's households and keep it; some ten seconds.

    Raises NothingYet when the month has no profile, RiskError for an unknown version.
    """
    from models.risk.explaining.kept import read_overview, write_overview
    from models.risk.explaining.overview import overview as make

    folder = base.home_at(home)
    can_explain(home, as_of)
    found = read_overview(folder, as_of, question, version)
    if found is None:
        fitted = _model(home, question, version)
        found = make(folder, as_of, fitted, question, version, progress)
        write_overview(folder, as_of, found)
    return found


@cache.shared
def _model(home: str, question: str, version: str) -> Any:
    from models.risk.registry import load

    return load(base.home_at(home), version, question or None)[0]


def _spoken(home: str, question: str, version: str) -> Any:
    """The model that spoke about a household; None where its version is no longer there."""
    known = offered(home)
    asked = question if question in known else ""
    if asked not in known or version not in known[asked].versions:
        return None
    try:
        return _model(home, asked, version)
    except RiskError:
        return None


@dataclass(frozen=True)
class Steady:
    """Of a household's strongest reasons the share that stays when its figures change by up to
    `shake` either way, and whether that is enough to trust their order."""

    share: float
    holds: bool
    shake: float


@base.cached
def steadiness(
    home: str, as_of: date, scope: Area, household: str, question: str, version: str
) -> Steady | None:
    """Whether a household's strongest reasons hold; see Steady.

    None where the model that gave the reasons or the profile is no longer there.
    """
    from models.risk.explaining.stability import SHAKE, UNSTABLE, shares_kept

    told = _household(home, as_of, household, question, version)
    if told is None:
        return None
    share = float(shares_kept(told[0], told[1])[0])
    return Steady(share, share >= UNSTABLE, SHAKE)


def _household(
    home: str, as_of: date, household: str, question: str, version: str, more: Sequence[str] = ()
) -> tuple[Any, np.ndarray, pd.DataFrame] | None:
    """The model, the household's encoded features and its profile (with `more` columns)."""
    from models.risk.explaining.rows import profiles

    fitted = _spoken(home, question, version)
    if fitted is None or base.monthly_file(home, "profile", as_of, "household.parquet") is None:
        return None
    frame = profiles(base.home_at(home), as_of, [household], fitted.features, more)
    if frame.empty or not set(fitted.features) <= set(frame.columns):
        return None
    return fitted, fitted.encoder.encode(frame), frame


@dataclass(frozen=True)
class Lowering:
    """One change that could lower the risk: what, which help, the risk before and after (0..1).

    `needs` and `departments` are codes; `moved`: label, value now, value then.
    """

    told: tuple[Text, ...]
    needs: tuple[str, ...]
    departments: tuple[str, ...]
    before: float
    after: float
    moved: tuple[tuple[Text, Text, Text], ...]


@base.cached
def lowering(
    home: str, as_of: date, scope: Area, household: str, question: str, version: str
) -> list[Lowering] | None:
    """What could lower the household's risk, of what help can change; [] where nothing does.

    None where the model that spoke is no longer there.
    """
    from models.risk.dataset import catalogue
    from models.risk.explaining.changes import features_read, what_lowers

    told = _household(home, as_of, household, question, version, features_read())
    if told is None:
        return None
    fitted, _, frame = told
    ends = _usual(home, as_of, fitted.features)
    cards = catalogue()
    rows = {str(name): value for name, value in frame.iloc[0].to_dict().items()}
    return [_lowering(one, cards) for one in what_lowers(fitted, rows, ends)]


@base.cached
def _usual(home: str, as_of: date, features: tuple[str, ...]) -> dict[str, float]:
    from models.risk.explaining.changes import usual

    return usual(base.home_at(home), as_of, features)


def _lowering(change: Any, cards: Any) -> Lowering:
    needs = [one.need for one in change.levers]
    moved = []
    for name, now, then in change.moved:
        card = cards[name]
        before, after = (value_text(card.unit, f"{one:.6g}") for one in (now, then))
        moved.append((Text(card.zh, card.en), before, after))
    return Lowering(
        tuple(one.told for one in change.levers),
        tuple(needs),
        tuple(vocabulary().department_of(need) for need in needs),
        change.before,
        change.after,
        tuple(moved),
    )


@dataclass(frozen=True)
class Similar:
    """What became of past households like one; see models.risk.explaining.neighbours.Neighbours.

    `nearest`: alike (0..1), month, found, shared (labels of the features alike too).
    """

    n: int
    found: int
    low: float | None
    high: float | None
    among: int
    base: float
    nearest: list[tuple[float, date, bool, list[Text]]]


@base.cached
def similar(
    home: str, as_of: date, scope: Area, household: str, question: str, version: str
) -> Similar | None:
    """Past households like one and what became of them; they come from the whole county.

    None where the model that spoke or a past with outcomes is not there.
    """
    from models.risk.dataset import catalogue
    from models.risk.explaining.neighbours import neighbours

    told = _household(home, as_of, household, question, version)
    past = _past(home, as_of, question, version) if told is not None else None
    if told is None or past is None:
        return None
    fitted, matrix, _ = told
    size = np.abs(fitted.contributions_of(matrix)[0, :-1])
    strongest = [fitted.features[i] for i in np.argsort(-size, kind="stable")[:STRONGEST]]
    found = neighbours(fitted, past, household, matrix[0], strongest)
    cards = catalogue()
    nearest = [
        (float(r["alike"]), r["month"], bool(r["found"]),
         [Text(cards[f].zh, cards[f].en) for f in r["shared"] if f in cards])
        for r in found.nearest.to_dict("records")
    ]  # fmt: skip
    return Similar(found.n, found.found, found.low, found.high, found.among, found.base, nearest)


@cache.shared
def _past(home: str, as_of: date, question: str, version: str) -> Any:
    from models.risk.explaining.neighbours import past

    asked = cast(Question, question or "existing")
    try:
        return past(base.home_at(home), as_of, _spoken(home, question, version), asked)
    except RiskError:
        return None
