"""The page of the study: spreads, aims reached and missed, and what got worse, said plainly."""

import json

from simulator.study import runs
from simulator.study.rows import TABLES
from simulator.study.runs import Run, read_runs, run_all
from simulator.study.table import BY_HAND, spread, write_study


def result(seed, setting="calm", **found):
    return {"seed": seed, "setting": setting, "households": 50_000, "synthetic": True, **found}


AFTER = [
    result(1, precision_steady=0.60, share_red=0.004, recall_year=0.5, visits=1400),
    result(2, precision_steady=0.66, share_red=0.006, recall_year=0.5, visits=1500),
    result(1, "recession", precision_steady=0.70),
]
BEFORE = [result(1, precision_steady=0.34, share_red=0.26, recall_year=0.55, visits=1466)]


def test_a_cell_tells_mean_spread_and_extremes(tmp_path):
    page = tmp_path / "0001-alerts.md"
    write_study(page, AFTER, BEFORE)
    text = page.read_text(encoding="utf-8")
    # sd of .60 and .66 with n - 1: .03 · √2 = .0424
    assert "63.0 % ± 4.2 % (60.0 % – 66.0 %)" in text
    assert text.startswith("# 0001 ")
    assert "合成数据" in text


def test_an_aim_missed_says_by_how_much_and_is_judged_in_the_calm_counties(tmp_path):
    page = tmp_path / "0001-alerts.md"
    write_study(page, AFTER)
    aims = page.read_text(encoding="utf-8").split("## Aims")[1].split("## Alerts")[0]
    lines = aims.splitlines()
    precision = next(line for line in lines if "six months whose" in line)
    red = next(line for line in lines if "watched households in red" in line)
    assert "**missed by 2.0 points**" in precision
    assert "70.0 %" not in precision
    assert red.rstrip(" |").endswith("reached")


def test_what_got_worse_is_listed(tmp_path):
    page = tmp_path / "0001-alerts.md"
    write_study(page, AFTER, BEFORE)
    worse = page.read_text(encoding="utf-8").split("## What got worse")[1]
    assert "alerted in need or at most six months before, 55.0 % → 50.0 %" in worse
    assert "precision, last six" not in worse


def test_what_was_written_by_hand_survives(tmp_path):
    page = tmp_path / "0001-alerts.md"
    write_study(page, AFTER)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(BY_HAND, f"{BY_HAND}\n\nWhy recall is missed."), encoding="utf-8")
    write_study(page, AFTER)
    assert "Why recall is missed." in page.read_text(encoding="utf-8")


def test_the_audited_interval_holds_the_truth_or_not():
    held = {"recall_audit_low": 0.3, "recall_audit_high": 0.6, "recall_true": 0.5}
    assert spread([held], "recall_audit_holds").values == (1.0,)
    assert spread([{**held, "recall_true": 0.7}, {}], "recall_audit_holds").values == (0.0,)


def test_no_measure_stands_twice_in_the_table():
    keys = [row.key for _, rows in TABLES for row in rows]
    assert len(keys) == len(set(keys))


def test_finished_counties_are_not_lived_again_and_a_failure_stops_no_other(tmp_path, monkeypatch):
    done, fails, fresh = (Run(seed, "calm", 500) for seed in (1, 2, 3))
    done.file(tmp_path).write_text(json.dumps(result(1)), encoding="utf-8")
    lived = []

    def study(run, out, n_futures):
        lived.append(run.seed)
        if run == fails:
            return False
        run.file(out).write_text(json.dumps(result(run.seed)), encoding="utf-8")
        return True

    monkeypatch.setattr(runs, "_study", study)
    assert run_all([done, fails, fresh], tmp_path, tell=lambda line: None) == [fails]
    assert lived == [2, 3]
    assert [r["seed"] for r in read_runs(tmp_path)] == [1, 3]
