"""Promotion: what speaks against a version, in words."""

from __future__ import annotations

import pytest

from models.risk import gate, registry
from models.risk.errors import RiskError
from models.risk.tracking import log_and_register

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
}


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
    (fault,) = gate.faults(gate.figures(rest))
    assert "not compared with logistic" in fault


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
    # The other question has a registry of its own.
    assert registry.champion_version(home, "coming") is None
    assert log(GOOD, "coming") == "1"
    assert registry.rollback(home, reason="back", question="existing") == good
