"""Reporting a household on its page: opened or joined, and what became of one's own reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

import services
from core.access.areas import Area
from core.access.principal import Refused
from core.access.roles import Role
from services.reporting import Heard
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text

Open = Callable[..., AppTest]
WORDS = "屋顶漏雨，老人独自在家"


def page(open_page: Open, made: Made, language: str = "zh", **more: object) -> AppTest:
    return open_page(
        made.home.root, "reporting", language, role=Role.TOWNSHIP_WORKER, within=Area(), **more
    )


def reported(app: AppTest, household: str, heard: str = "hotline") -> AppTest:
    app.text_input("reporting_typed").set_value(household)
    app.text_area("reporting_words").set_value(WORDS)
    app.selectbox("reporting_heard").set_value(Heard(heard))
    return app.button("reporting_go").click().run()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_opens_an_alert_and_stands_among_ones_own(
    own_county: Made, open_page: Open, language: str
) -> None:
    app = reported(page(open_page, own_county, language), own_county.quiet)
    assert errors(app) == []
    told = page_text(app)
    assert {"zh": "已上报：新生成预警", "en": "a new alert was opened"}[language] in told
    assert f"{Heard.HOTLINE.pick(language)}{'：' if language == 'zh' else ': '}{WORDS}" in told
    assert app.text_area("reporting_words").value == ""  # the next one begins with an empty form


@pytest.mark.slow
def test_a_report_of_a_household_with_an_open_alert_joins_it(
    own_county: Made, open_page: Open
) -> None:
    app = reported(page(open_page, own_county, "en"), own_county.alerted, "seen")
    assert errors(app) == []
    assert "it joined the household's open alert" in page_text(app)


@pytest.mark.slow
def test_what_cannot_be_reported_is_told_and_what_was_typed_stays(
    own_county: Made, open_page: Open
) -> None:
    app = reported(page(open_page, own_county, "en"), "")
    assert "Type the number of the household" in "\n".join(w.value for w in app.warning)
    app = reported(app, "h00000000000000000000")
    assert "no such household in your area" in "\n".join(w.value for w in app.warning)
    assert app.text_area("reporting_words").value == WORDS
    app.text_area("reporting_words").set_value("电话 13800001234")
    app.text_input("reporting_typed").set_value(own_county.quiet)
    app.button("reporting_go").click().run()
    assert len(app.warning) == 1
    assert services.reporting.mine(_as(own_county, Role.TOWNSHIP_WORKER)) == []


def test_ones_own_reports_are_nobody_elses(own_county: Made) -> None:
    here = _as(own_county, Role.VILLAGE_WORKER)
    services.reporting.report(here, own_county.quiet, WORDS, heard="told")
    assert [one.words.zh for one in services.reporting.mine(here)] == [f"他人反映：{WORDS}"]
    assert services.reporting.mine(_as(own_county, Role.DISPATCHER)) == []
    with pytest.raises(Refused):
        services.reporting.mine(_as(own_county, Role.ANALYST))


def _as(made: Made, role: Role) -> services.Context:
    return context(made.home.root, made.last, role=role)
