"""The fairness page over an invented county, and its charts and workbook."""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import services
from core import jobs
from core.access.roles import Role
from core.jobs import queue
from core.words import Text
from dashboard import charts
from dashboard.app_pages.fairness import book, figures
from dashboard.i18n import translator
from models.risk.groups.report import read_groups
from services import works
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text

Open = Callable[..., AppTest]
ZH, EN = translator("zh"), translator("en")
NOT_KNOWN = float("nan")


@pytest.fixture
def measured(own_county: Made) -> Made:
    """A county whose figures by group are made."""
    services.fairness.measure(context(own_county.home.root, own_county.last), "existing")
    return own_county


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.DATA_SCIENTIST])
def test_the_page_is_open_to_whoever_may_see_the_model(
    measured: Made, open_page: Open, role: Role
) -> None:
    county = measured
    app = open_page(county.home.root, "fairness", "en", role=role)
    assert errors(app) == []
    text = page_text(app)
    assert "dd-answer" in text
    assert "County-wide, alerts raised from" in text
    assert "Not in the data: Ethnic minority." in text


@pytest.mark.slow
def test_the_first_time_the_figures_are_asked_for_and_made_apart(
    own_county: Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "ensure_runner", lambda home, command: started.append(command))
    home = own_county.home
    app = open_page(home.root, "fairness", "en")
    assert "not made yet" in page_text(app)
    assert read_groups(home, "existing", own_county.last) is None

    app.button("fairness_ask").click().run()
    assert errors(app) == []
    assert started[0] == works.command(home)
    (job,) = jobs.listed(home, "fairness")
    again = services.fairness.ask(context(home.root, own_county.last), "existing")
    assert again == job.id  # asked twice, made once

    queue.claim(home)
    assert jobs.do(home, job.id, works.WORKS) is jobs.State.DONE
    forget_all()
    app = open_page(home.root, "fairness", "en")
    assert "County-wide, alerts raised from" in page_text(app)


def test_why_the_figures_could_not_be_made_is_told_in_one_line(
    own_county: Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "ensure_runner", lambda home, command: None)
    home = own_county.home
    number = services.fairness.ask(context(home.root, own_county.last), "existing")
    queue.claim(home)
    why = Text("磁盘已满", "the disk is full")
    queue.ended(home, number, jobs.State.FAILED, error=why)
    app = open_page(home.root, "fairness", "en")
    assert [one.value for one in app.warning] == ["Not made: the disk is full"]
    assert [one.key for one in app.button] == ["fairness_ask"]


def test_a_township_worker_has_no_such_page(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "alerts", "en", role=Role.TOWNSHIP_WORKER)
    assert "fairness" not in {
        link.proto.page.split("/")[-1] for link in app.sidebar.get("page_link")
    }


def test_without_random_visits_recall_is_not_offered_and_the_page_says_why(
    measured: Made, open_page: Open
) -> None:
    app = open_page(measured.home.root, "fairness", "en")
    (measure,) = [w for w in app.button_group if w.key == "fairness_measure"]
    assert "Recall" not in measure.options
    assert "No random visit in these months" in page_text(app)


def report(**change: object) -> dict:
    """A report of two groups by one ruler."""
    one = {
        "ruler": "alerts", "measure": "recall", "dimension": "single", "group": "single",
        "crossed": False, "value": 0.2, "low": 0.1, "high": 0.3, "n": 90, "hits": 40, "rest": 0.6,
        "difference": -0.4, "difference_low": -0.5, "difference_high": -0.3, "p": 0.0,
        "small": False, "adjusted": 0.001, "worse": True,
    }  # fmt: skip
    other = one | {"group": "several", "value": 0.6, "rest": 0.2, "worse": False}
    groups = [{"code": "single", "zh": "单人户", "en": "Single person"},
              {"code": "several", "zh": "多人户", "en": "Several persons"}]  # fmt: skip
    return {
        "question": "existing", "as_of": "2026-06-30", "figures": [one | change, other],
        "dimensions": [{"code": "single", "zh": "独居", "en": "Alone", "groups": groups}],
        "absent": [], "missing": {}, "equal": {},
        "rulers": {"alerts": {"since": "2025-07-01", "until": "2026-06-30", "n_alerts": 200,
                              "n_verified": 150, "n_random": 300}},
    }  # fmt: skip


def test_the_sentence_counts_who_is_served_worse_among_those_compared() -> None:
    assert figures.sentence(report(), "alerts", EN).startswith("1 of the 2 groups compared")
    assert figures.sentence(report(worse=False), "alerts", EN).startswith("None of the 2 groups")
    assert figures.sentence(report(), "alerts", ZH).startswith("比较了 2 个群体，有 1 个")


def test_where_all_are_small_the_page_says_that_nothing_is_known() -> None:
    both = report(adjusted=None, worse=False)
    both["figures"][1]["adjusted"] = None
    assert figures.sentence(both, "alerts", EN).startswith("No group has visits enough")


def test_a_group_served_worse_is_a_diamond_and_a_small_one_hollow_with_its_n() -> None:
    frame = figures.labelled(report(), {}, "alerts", "recall", EN)
    frame.loc[1, "small"] = True
    chart = charts.groups(frame, EN)
    (dots,) = chart.data
    assert list(dots.y) == ["Several persons", "Single person"]
    assert list(dots.marker.symbol) == ["circle", "diamond"]
    assert dots.marker.color[0] == "#FFFFFF"
    assert [one.text for one in chart.layout.annotations] == ["60%  n=90", "20%  n=90"]


def test_crossed_cells_hold_value_interval_and_n_and_small_ones_no_colour() -> None:
    cell = {"row": "a", "column": "x", "value": 0.5, "low": 0.4, "high": 0.6, "n": 80,
            "small": False, "worse": True, "signed": False}  # fmt: skip
    few = cell | {"column": "y", "n": 4, "small": True, "worse": False}
    unknown = few | {"row": "b", "value": NOT_KNOWN, "n": 0}
    chart = charts.crossed(pd.DataFrame([cell, few, unknown]), EN)
    assert [list(line) for line in chart.data[0].z] == [[0.5, None], [None, None]]
    told = [one.text for one in chart.layout.annotations]
    assert told[0] == "◆ <b>50%</b><br>40.0–60.0%<br>n=80"
    assert told[2] == "–<br>n=0"


@pytest.mark.parametrize("say", [ZH, EN])
def test_the_workbook_holds_every_figure_with_n(county: Made, say) -> None:
    here = context(county.home.root, county.last, role=Role.ANALYST)
    found = services.fairness.measure(here, "existing")
    content = book.asked_for(here, {"question": "existing"}, say)
    sheets = pd.read_excel(io.BytesIO(content), sheet_name=None, engine="calamine")
    rows = sum(len(sheet) for sheet in list(sheets.values())[1:])
    assert rows >= len([one for one in found["figures"] if one["ruler"] == "alerts"])
    assert all("n" in sheet.columns for sheet in list(sheets.values())[1:])
