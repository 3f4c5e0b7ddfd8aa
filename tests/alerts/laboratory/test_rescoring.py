"""Scores under a draft equal what the whole engine would give, whatever was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend

from alerts.laboratory.material import Material
from alerts.laboratory.rescoring import changes, parts, rescore
from alerts.laboratory.sheets import read_sheets
from core.home import Home
from data.backends import connect
from models.scorecard import RuleSet, load_rules, score_month
from models.scorecard.schema import Bars
from tests.alerts.laboratory import past
from tests.models.scorecard.factory import Family, schema, write_home

pytestmark = pytest.mark.slow

MONTHS = (date(2026, 5, 31), date(2026, 6, 30))
RULES = load_rules(MONTHS[-1])
Draft = Callable[[RuleSet], RuleSet]


def families(seed: int, size: int = 60) -> list[Family]:
    """Families of one to four whose facts are drawn; a third of the facts is unknown."""
    draw = np.random.default_rng(seed)
    words = {
        i.feature: [t.equals for t in i.tiers if isinstance(t.equals, str)]
        for i in RULES.indicators.values()
        if i.kind == "word"
    }

    def facts(scope: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for field in schema(RULES, scope):
            if field.name in ("household", "person", "n_members") or draw.random() < 0.3:
                continue
            if str(field.type) == "bool":
                found[field.name] = bool(draw.random() < 0.4)
            elif str(field.type) == "double":
                found[field.name] = float(draw.uniform(-0.5, 3))
            elif field.name in words:
                found[field.name] = str(draw.choice([*words[field.name], "other"]))
        return found

    return [
        Family(facts("household"), [facts("person") for _ in range(int(draw.integers(1, 5)))])
        for _ in range(size)
    ]


@pytest.fixture(scope="module")
def con() -> Backend:
    return connect(threads=1, memory="1GB")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, con: Backend) -> Home:
    """Two months scored under the shipped rules."""
    root = tmp_path_factory.mktemp("rescored")
    for number, month in enumerate(MONTHS):
        score_month(write_home(root, month, families(number), RULES), month, con, RULES)
    return Home(root)


@pytest.fixture(scope="module")
def material(home: Home) -> Material:
    """The same months as the laboratory holds them."""
    made = []
    for month in MONTHS:
        scores = stored(home, month)
        names = sorted(scores)
        score = np.array([scores[name] for name in names], np.float32)
        rows = past.month([past.Family(n) for n in range(len(names))], month)
        version = RULES.version
        made.append(replace(rows, score=score, known_score=score, rule_version=version))
    base = past.material([past.Family(0)])
    return replace(
        base, months=tuple(made), households=np.array(names, object), expected=(None, None)
    )


def stored(home: Home, month: date) -> dict[str, float]:
    path = home.monthly("scores", month) / "scores.parquet"
    table = pq.read_table(path, columns=["household", "rule_score"], partitioning=None)
    return dict(zip(table["household"].to_pylist(), table["rule_score"].to_pylist(), strict=True))


def more_points(id: str, times: float) -> Draft:
    def change(rules: RuleSet) -> RuleSet:
        found = rules.indicators[id]
        tiers = tuple(t.model_copy(update={"points": t.points * times}) for t in found.tiers)
        return replace(rules, indicators={**rules.indicators, id: replace(found, tiers=tiers)})

    return change


def without(id: str) -> Draft:
    return lambda rules: replace(
        rules, indicators={k: v for k, v in rules.indicators.items() if k != id}
    )


def moved_tier(rules: RuleSet) -> RuleSet:
    """Every bound of the first tier of B01 lies higher."""
    found = rules.indicators["B01"]
    first = found.tiers[0]
    bounds = {"at_least", "below", "at_most"}
    moved = {n: v + 0.2 for n in bounds if (v := getattr(first, n)) is not None}
    tiers = (first.model_copy(update=moved), *found.tiers[1:])
    return replace(rules, indicators={**rules.indicators, "B01": replace(found, tiers=tiers)})


DRAFTS: dict[str, Draft] = {
    "points of a household fact": more_points("B01", 1.5),
    "points of a person fact": more_points("C01", 3.0),
    "negative points": more_points("G01", 2.0),
    "a tier": moved_tier,
    "an indicator off": without("C03"),
    "two at once": lambda rules: without("F01")(more_points("C01", 0.5)(rules)),
    "a cap": lambda rules: replace(rules, caps={"C": 12.5, "F": 30.0, "A": 5.0}),
    "no cap": lambda rules: replace(rules, caps={}),
    "the mode": lambda rules: rules.with_mode("once"),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_rescored_month_equals_the_whole_engine(
    name: str, home: Home, material: Material, con: Backend, tmp_path: Path
) -> None:
    draft = DRAFTS[name](RULES)
    found = rescore(home, material, RULES, draft, con=con)
    moved = 0
    for number, month in enumerate(MONTHS):
        again = write_home(tmp_path, month, families(number), RULES)
        score_month(again, month, con, draft)
        wanted = stored(again, month)
        ours = found.material.months[number].score
        assert ours == pytest.approx([wanted[h] for h in material.households], abs=1e-4)
        moved += int((np.abs(ours - material.months[number].score) > 1e-3).sum())
    assert moved > 0
    assert found.whole == ()


def test_the_parts_shown_still_sum_to_the_score(
    home: Home, material: Material, con: Backend
) -> None:
    draft = DRAFTS["two at once"](RULES)
    table = parts(home, MONTHS[0], RULES, draft, con)
    sums = table.group_by("household").agg(score=table.contribution.sum()).to_pyarrow()
    wanted = dict(zip(sums["household"].to_pylist(), sums["score"].to_pylist(), strict=True))
    ours = rescore(home, material, RULES, draft, con=con).material.months[0].score
    assert ours == pytest.approx([wanted.get(h, 0.0) for h in material.households], abs=1e-4)


def test_only_what_moves_a_score_is_computed_again() -> None:
    renamed = RULES.indicators["B01"]
    tiers = tuple(t.model_copy(update={"label": renamed.label}) for t in renamed.tiers)
    words = replace(RULES, indicators={**RULES.indicators, "B01": replace(renamed, tiers=tiers)})
    assert changes(RULES, words) == set()
    assert changes(RULES, replace(RULES, bars=Bars(red=90, orange=80, yellow=70, blue=60))) == set()
    assert changes(RULES, DRAFTS["two at once"](RULES)) == {"C01", "F01"}
    household = {i.id for i in RULES.scope("household")}
    assert changes(RULES, RULES.with_mode("once")) == household


def test_a_month_scored_by_other_rules_is_computed_whole(
    home: Home, material: Material, con: Backend
) -> None:
    other = DRAFTS["a cap"](RULES)
    found = rescore(home, material, {MONTHS[0]: other, MONTHS[1]: RULES}, RULES, con=con)
    assert found.whole == (MONTHS[0],)
    for ours, known in zip(found.material.months, material.months, strict=True):
        assert ours.score == pytest.approx(known.score, abs=1e-4)


def test_a_sheet_holds_each_indicators_share_of_the_score(
    home: Home, material: Material, con: Backend
) -> None:
    sheets = read_sheets(home, material, con)
    bare = rescore(home, material, RULES, replace(RULES, caps={}), sheets, con)
    sheet = sheets.months[0]
    sums = np.bincount(sheet.household, weights=sheet.points, minlength=len(material.households))
    assert bare.material.months[0].score == pytest.approx(sums, abs=1e-4)
    assert bare.sheets.ids == tuple(sorted({*sheets.ids, *RULES.indicators}))
