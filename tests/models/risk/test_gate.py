"""Promotion: what speaks against a version, in words."""

from __future__ import annotations

import pytest

from models.risk import gate, registry, standing
from models.risk.errors import RiskError
from models.risk.objections import refusals
from models.risk.tracking import log_and_register
from tests.models.risk.conftest import month

GOOD = {
    "tested": 1,
    "minus_logistic": 0.03,
    "minus_logistic_low": -0.02,
    "minus_logistic_high": 0.08,
    "slope": 0.9,
    "ece": 0.02,
    "promised": 0.70,
    "promised_minus_found": 0.02,
    "found_high": 0.78,
    # Shown better than version 1 and, before the first, than the scorecard.
    "champion": 1,
    "minus_champion": 0.05,
    "minus_champion_low": 0.01,
    "minus_champion_high": 0.09,
    "n_champion": 120,
    "minus_scorecard": 0.2,
    "minus_scorecard_low": 0.1,
    "minus_scorecard_high": 0.3,
}
LUCK = {**GOOD, "minus_champion_low": -0.02}


def test_a_good_version_has_nothing_against_it() -> None:
    assert gate.faults(gate.figures(GOOD)) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tested": 0}, "not tested on months later"),
        ({"minus_logistic": -0.02, "minus_logistic_high": -0.01}, "0.020 below logistic"),
        (
            {"minus_logistic": -0.06, "n_logistic": 100},
            "0.060 below logistic regression; 0.05 is the limit",
        ),
        (
            {"minus_champion": -0.07, "minus_champion_high": 0.1, "n_champion": 120},
            "below the champion",
        ),
        (
            {"minus_scorecard": -0.03, "minus_scorecard_high": -0.01},
            "0.030 below the rule scorecard",
        ),
        ({"slope": 0.3}, "calibration slope on later months is 0.30"),
        ({"slope": 2.5}, "must lie between 0.5 and 2.0"),
        ({"ece": 0.07}, "calibration error is 0.070"),
        ({"ece": 0.07, "champion_ece": 0.06}, "calibration error is 0.070"),
        ({"promised_minus_found": 0.2, "found_high": 0.6}, "promised need in 70%"),
    ],
)
def test_each_limit_is_told_in_words(changed, said) -> None:
    (fault,) = gate.faults(gate.figures({**GOOD, **changed}))
    assert said in fault


def test_the_verdict_is_told_in_both_languages() -> None:
    (fault,) = gate.verdict(gate.figures({**GOOD, "ece": 0.07}))
    assert fault.zh == "校准误差为 0.070，最多允许 0.05"
    assert fault.en == "its calibration error is 0.070; at most 0.05 is allowed"


@pytest.mark.parametrize(
    "changed",
    [
        {"minus_logistic": -0.15, "n_logistic": 16},  # sixteen picks seen tell nothing
        {"minus_logistic": -0.04},  # behind, but no more than luck
        {"promised_minus_found": 0.2, "found_high": 0.75},  # the interval reaches the promise
        {"promised_minus_found": -0.3},  # better than promised
        {"slope": None, "ece": None},  # too few findings to tell
        {"ece": 0.07, "champion_ece": 0.09},  # the champion, who would stay, is worse
    ],
)
def test_what_may_be_luck_is_no_fault(changed) -> None:
    assert gate.faults(gate.figures({**GOOD, **changed})) == []


@pytest.mark.parametrize(
    ("flag", "zh", "en"),
    [
        ({"leak.flag": 1.0}, "泄漏", "leak of the future"),
        (
            {"leak.flag": 1.0, "leak.flag.head_age": 0.99},
            "分辨结果（户主年龄），请",
            "separates the outcome (Age of the head), which",
        ),
        ({"group.worse": 2.0}, "2 个群体", "in 2 groups it finds fewer"),
        (
            {"group.worse": 1.0, "group.worse.oldest.any_80": -0.2},
            "1 个群体（有80岁以上成员），它发现的困难家庭比现用模型少",
            "in 1 group (A member aged 80 or over) it finds fewer families in need than the",
        ),
        ({"gate.feeds_silent": 3.0}, "3 类部门数据已停报", "3 of the feeds"),
    ],
)
def test_a_flag_of_the_run_speaks_against_it_whatever_its_figures(flag, zh, en) -> None:
    (fault,) = gate.verdict({**gate.figures(GOOD), **flag})
    assert zh in fault.zh
    assert en in fault.en
    # Also of a version that no later month has tested.
    assert len(gate.verdict({"gate.tested": 0.0, **flag})) == 2
    assert gate.verdict({**gate.figures(GOOD), **dict.fromkeys(flag, 0.0)}) == []


def test_without_a_comparison_there_is_no_promotion() -> None:
    rest = {k: v for k, v in GOOD.items() if not k.startswith("minus")}
    unseen, unshown = gate.verdict(gate.figures(rest))
    assert "not compared with logistic" in unseen.en
    assert "no later visit, but for those to alerts, saw their picks" in unshown.en


def asked(figures: dict, in_use: int | None = None) -> list:
    """The verdict on the day of the decision, with this version in use (None: not told)."""
    now = {} if in_use is None else {"in_use": in_use}
    return gate.verdict(gate.figures({**figures, **now}))


def test_not_worse_is_not_better_and_the_gate_says_by_how_much() -> None:
    (doubt,) = asked(LUCK)
    assert (doubt.code, doubt.refuses) == ("unshown", False)
    assert doubt.en == (
        "it was not shown better than version 1, which is in use: precision at the same visits "
        "differs by +5.0 points (95% interval -2.0 to +9.0, n=120)"
    )
    assert "未证明优于现用模型（第 1 版）" in doubt.zh
    assert "区间 -2.0 至 +9.0，n=120" in doubt.zh
    (way,) = asked({**LUCK, "champion_taught_anew": 1})
    assert "(its way, taught the same months)" in way.en
    assert "以其学习方式用相同月份重新训练" in way.zh


def test_before_the_first_model_the_scorecard_must_be_beaten() -> None:
    none = {**LUCK, "champion": 0}
    assert asked(none) == []
    (doubt,) = asked({**none, "minus_scorecard_low": 0.0})
    assert "not shown better than the rule scorecard" in doubt.en


def test_better_than_a_version_no_longer_in_use_is_not_better_than_the_one_that_is() -> None:
    assert asked(GOOD, in_use=1) == []
    (doubt,) = asked(GOOD, in_use=3)
    assert "not shown better than version 3" in doubt.en
    assert "did not compare the two" in doubt.en
    assert doubt.code == "unshown"


def test_nobody_need_be_beaten_by_a_table_of_ones_own() -> None:
    table = {k: v for k, v in GOOD.items() if "champion" not in k and "scorecard" not in k}
    assert asked(table) == []


@pytest.mark.parametrize(
    ("metrics", "refuses"),
    [
        (gate.figures({"minus_champion": -0.02, "minus_champion_high": -0.01}), True),
        (gate.figures({"minus_logistic": -0.06, "n_logistic": 100}), True),
        ({"leak.flag": 1.0}, True),
        ({"group.worse": 1.0}, True),
        (gate.figures({"tested": 0}), False),
        (gate.figures({"slope": 0.3}), False),
        (gate.figures({"ece": 0.07}), False),
        (gate.figures({"promised_minus_found": 0.2, "found_high": 0.6}), False),
        (gate.figures({"feeds_silent": 1}), False),
        (gate.figures({"feeds_silent_now": 1}), False),
    ],
)
def test_what_is_clearly_worse_is_refused_what_is_doubtful_may_be_answered(
    metrics, refuses
) -> None:
    found = gate.verdict({**gate.figures(GOOD), **metrics})
    assert [one.refuses for one in found] == [refuses]
    assert len(refusals(found)) == int(refuses)


def test_feeds_silent_now_are_named() -> None:
    now = {"feeds_silent_now": 1, "feeds_silent_now.medical_claims": 1.0}
    (doubt,) = asked({**GOOD, **now})
    assert "1 of the feeds it learns from is silent now (" in doubt.en
    assert "目前停报（" in doubt.zh


@pytest.mark.slow
def test_the_registry_asks_the_gate_and_force_overrules_it(home, fitted) -> None:
    def log(figures, question="existing") -> str:
        metrics = gate.figures(figures)
        return log_and_register(home, fitted, metrics=metrics, question=question).version

    good, bad = log(GOOD), log({**GOOD, "slope": 0.2})
    registry.promote(home, good, reason="first", question="existing")
    with pytest.raises(RiskError, match=r"version 2 stays challenger: its calibration slope"):
        registry.promote(home, bad, reason="newer", question="existing")
    registry.promote(home, bad, reason="the bureau decided", question="existing", force=True)
    assert registry.history(home, "existing")[-1].forced
    assert "calibration slope" in registry.history(home, "existing")[-1].said[0]["en"]
    # The other question has a registry of its own.
    assert registry.champion_version(home, "coming") is None
    assert log(GOOD, "coming") == "1"
    assert registry.rollback(home, reason="back", question="existing") == good


@pytest.mark.slow
def test_a_doubt_is_passed_by_a_second_person_in_writing_a_refusal_is_not(home, fitted) -> None:
    def log(figures) -> str:
        return log_and_register(
            home, fitted, metrics=gate.figures(figures), question="existing"
        ).version

    first, like, worse = log(GOOD), log(LUCK), log({**LUCK, "minus_champion_high": -0.01})
    registry.promote(home, first, reason="first", question="existing")

    def promote(version: str, **more) -> str:
        return registry.promote(
            home, version, reason="newer", actor="zhang", question="existing", **more
        )

    for alone in ({}, {"override": "newer data"}, {"second": "wang"},
                  {"second": "zhang", "override": "newer data"}):  # fmt: skip
        with pytest.raises(RiskError, match="not shown better than version 1"):
            promote(like, **alone)
    both = {"second": "wang", "override": "newer data"}
    with pytest.raises(RiskError, match="below the champion"):
        promote(worse, **both)
    assert promote(like, **both) == like
    step = registry.history(home, "existing")[-1]
    assert (step.second, step.override, step.forced) == ("wang", "newer data", True)
    assert "not shown better than version 1" in step.said[0]["en"]
    assert "未证明优于" in step.said[0]["zh"]


@pytest.mark.slow
def test_a_feed_that_is_silent_on_the_day_of_the_decision_speaks_against_it(
    home, fitted, monkeypatch
) -> None:
    version = log_and_register(
        home, fitted, metrics=gate.figures(GOOD), question="existing",
        features=[{"name": "self_paid"}],
    ).version  # fmt: skip
    assert registry.gate_verdict(home, version, "existing") == []
    asked: list = []

    def silent(_, features, day) -> list[str]:
        asked.append((list(features), day))
        return ["medical_claims"]

    monkeypatch.setattr(standing, "_today", lambda _: month(7))
    monkeypatch.setattr(standing, "silent_feeds", silent)
    (doubt,) = registry.gate_verdict(home, version, "existing")
    assert doubt.code == "silent_now"
    assert asked == [(["self_paid"], month(7))]
