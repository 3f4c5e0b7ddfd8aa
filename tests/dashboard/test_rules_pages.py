"""The pages of rules and standards, used by an analyst and a leader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.access.principal import Grant, Principal
from core.access.roles import Role
from services import Context, rules, standards
from services.rules import Bars, State
from tests.accounts import context
from tests.dashboard.factory import Made

Open = Callable[..., AppTest]


def shown(page: AppTest) -> str:
    """Everything that is written on the page."""
    assert not page.exception
    kinds = (page.html, page.caption, page.markdown, page.info, page.warning, page.success)
    return " ".join(str(getattr(one, "value", one.proto.body)) for kind in kinds for one in kind)


def analyst(county: Made, name: str = "li") -> Context:
    who = Principal(name, name, (Grant(Role.ANALYST),))
    return Context(who, str(county.home.root), county.last)


def waiting(county: Made, refused: list[dict[str, str]] | None = None) -> int:
    """A tried draft of somebody else's."""
    li = analyst(county)
    number = rules.draft(li, "红线上调", [Bars(80, 60, 40, 20)])
    figures = {"refused": refused or []}
    rules.tried(li, number, figures, rules.version(li, number).last_event)
    return number


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def test_an_empty_store_says_what_holds_and_what_to_do(own_county: Made, open_page: Open) -> None:
    page = open_page(own_county.home.root, "rules", "en", role=Role.ANALYST)
    assert "The rules that came with the program hold" in shown(page)


@pytest.mark.slow
def test_an_analyst_begins_a_draft_and_changes_it(own_county: Made, open_page: Open) -> None:
    page = open_page(own_county.home.root, "rules", "en", role=Role.ANALYST)
    page.text_input(key="rules_new").set_value("Summer trial")
    press(page, "rules_new_go")
    assert "The draft was started" in shown(page)
    page = open_page(own_county.home.root, "rules", "en", "version=1&lang=en", role=Role.ANALYST)
    here = context(own_county.home.root, own_county.last, role=Role.ANALYST)
    event = rules.version(here, 1).last_event
    page.number_input(key=f"rules_1_{event}_red").set_value(95.0)
    press(page, f"rules_1_{event}_bands_go")
    assert "Bar of red" in shown(page)
    assert rules.rules(here, 1).bars.red == 95


@pytest.mark.slow
def test_a_slip_is_told_beside_the_form_and_nothing_is_lost(
    own_county: Made, open_page: Open
) -> None:
    number = waiting(own_county)
    root, here = own_county.home.root, analyst(own_county)
    page = open_page(root, "rules", "zh", f"version={number}&lang=zh", role=Role.ANALYST)
    event = rules.version(here, number).last_event
    page.number_input(key=f"rules_{number}_{event}_red").set_value(10.0)
    press(page, f"rules_{number}_{event}_bands_go")
    assert "规则有误" in shown(page)
    assert page.number_input(key=f"rules_{number}_{event}_red").value == 10.0
    assert rules.rules(here, number).bars.red == 80


@pytest.mark.slow
def test_a_leader_approves_and_the_analyst_puts_it_in_force(
    own_county: Made, open_page: Open
) -> None:
    number = waiting(own_county)
    root = own_county.home.root
    address = f"version={number}&lang=en"
    page = open_page(root, "rules", "en", address, role=Role.LEADER)
    page.text_area(key=f"rules_approve_{number}").set_value("Looked at the visits")
    press(page, f"rules_approve_go_{number}")
    here = analyst(own_county)
    assert rules.version(here, number).state is State.APPROVED
    page = open_page(root, "rules", "en", address, role=Role.ANALYST)
    page.text_area(key=f"rules_activate_{number}").set_value("Too many red alerts")
    press(page, f"rules_activate_go_{number}")
    assert rules.version(here, number).state is State.ACTIVE
    assert "holds from the next run on" in shown(page)


@pytest.mark.slow
def test_a_refused_trial_needs_a_reason_in_writing(own_county: Made, open_page: Open) -> None:
    gate = [{"zh": "南浦街道超过走访能力", "en": "Nanpu is flooded"}]
    number = waiting(own_county, gate)
    root = own_county.home.root
    page = open_page(root, "rules", "en", f"version={number}&lang=en", role=Role.LEADER)
    assert "Nanpu is flooded" in shown(page)
    page.text_area(key=f"rules_approve_{number}").set_value("Fine")
    press(page, f"rules_approve_go_{number}")
    assert rules.version(analyst(own_county), number).state is State.TRIED
    page.text_area(key=f"rules_override_{number}").set_value("Two more workers from July")
    press(page, f"rules_approve_go_{number}")
    assert rules.version(analyst(own_county), number).state is State.APPROVED


@pytest.mark.slow
def test_whoever_wrote_it_is_offered_no_approval(own_county: Made, open_page: Open) -> None:
    root = own_county.home.root
    here = context(root, own_county.last, role=Role.ANALYST)
    number = rules.draft(here, "一稿", [Bars(80, 60, 40, 20)])
    rules.tried(here, number, {}, rules.version(here, number).last_event)
    page = open_page(root, "rules", "en", f"version={number}&lang=en", role=Role.ANALYST)
    keys = {button.key for button in page.button}
    assert f"rules_approve_go_{number}" not in keys
    assert f"rules_return_go_{number}" in keys
    assert "whoever wrote it cannot approve it" in shown(page)


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.TOWNSHIP_WORKER, Role.DATA_STEWARD])
def test_the_pages_are_absent_for_others(own_county: Made, open_page: Open, role: Role) -> None:
    for name, title in (("rules", "Rules"), ("standards", "Local standards")):
        page = open_page(own_county.home.root, name, "en", role=role)
        assert title not in {one.value for one in page.title}


@pytest.mark.slow
def test_a_figure_of_a_notice_is_entered_and_taken_back(own_county: Made, open_page: Open) -> None:
    root = own_county.home.root
    page = open_page(root, "standards", "en", role=Role.ANALYST)
    press(page, "standards_go")
    assert "Type the value first." in shown(page)
    page.number_input(key="standards_value").set_value(8_000.0)
    page.text_input(key="standards_document").set_value("Notice 12 of 2026 (invented)")
    press(page, "standards_go")
    assert "check the unit" in shown(page)
    page.number_input(key="standards_value").set_value(800.0)
    press(page, "standards_go")
    here = context(root, own_county.last, role=Role.ANALYST)
    assert [one.value for one in standards.entered(here)] == [800]
    assert "Notice 12 of 2026" in shown(page)
    page.text_input(key="standards_reason").set_value("Wrong number")
    press(page, "standards_withdraw")
    assert standards.entered(here) == []


def test_a_leader_reads_the_standards_and_enters_none(own_county: Made, open_page: Open) -> None:
    page = open_page(own_county.home.root, "standards", "en", role=Role.LEADER)
    assert "S Minimum living standard" in shown(page)
    assert "standards_go" not in {button.key for button in page.button}
