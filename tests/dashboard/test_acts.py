"""Forms of a household: nothing chosen beforehand, nothing done on an old page, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

import services
from alerts import service
from alerts.models import Alert, AlertEvent, Need
from core.access.roles import Role
from core.db import open_session
from services import names
from services.reads import base
from tests.accounts import name_of
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, field, page_text

pytestmark = pytest.mark.slow

Open = Callable[..., AppTest]
LI = name_of(Role.DISPATCHER)  # whose page it is; 王A acts elsewhere


def now(made: Made) -> datetime:
    """The moment that an act on a page would carry."""
    return base.moment_of(str(made.home.root), made.last)


def alert_of(made: Made) -> int:
    with open_session(made.home) as session:
        query = select(func.max(Alert.id)).where(Alert.household == made.alerted)
        return session.scalars(query).one()


def acts_of(made: Made) -> list[tuple[str, str]]:
    """(actor, action) of the household's alert, without what the monthly run did."""
    with open_session(made.home) as session:
        query = select(AlertEvent.actor, AlertEvent.action).where(
            AlertEvent.alert_id == alert_of(made), AlertEvent.role != "system"
        )
        return [tuple(row) for row in session.execute(query.order_by(AlertEvent.id))]


def elsewhere(made: Made, action: str, **more: str) -> None:
    """Somebody else does a step on another page."""
    with open_session(made.home) as session:
        service.move(
            session, alert_of(made), action, actor="王A", role="dispatcher", now=now(made), **more
        )


def at_household(open_page: Open, made: Made, language: str = "zh") -> AppTest:
    """The household's page as a dispatcher sees it."""
    return open_page(
        made.home.root, "household", language, role=Role.DISPATCHER, household_open=made.alerted
    )


def opened(open_page: Open, made: Made, outcome: str, language: str = "zh") -> AppTest:
    app = at_household(open_page, made, language)
    return field(app.selectbox, "outcome").set_value(outcome).run()


def signed(app: AppTest) -> AppTest:
    """The confirmation ticked, and the button pressed."""
    field(app.checkbox, "sure").check()
    return app.button("household_record").click().run()


def warnings(app: AppTest) -> str:
    return "\n".join(w.value for w in app.warning)


def suspect(made: Made, *codes: str) -> None:
    """Let the alert suspect exactly these needs."""
    with open_session(made.home) as session:
        alert = session.get_one(Alert, alert_of(made))
        have = {need.code for need in alert.needs}
        for code in set(codes) - have:
            alert.needs.append(Need(code=code, department="civil_affairs", state="suspected"))
        for need in alert.needs:
            if need.code not in codes:
                session.delete(need)


@pytest.fixture
def case(own_county: Made) -> Made:
    """A household whose alert suspects two needs."""
    suspect(own_county, "basic_living", "medical_aid")
    return own_county


def test_no_need_is_confirmed_until_somebody_says_so(case, open_page) -> None:
    app = opened(open_page, case, "confirmed")

    answers = [r for r in app.radio if r.key.startswith("household_answer_")]
    assert {a.label for a in answers} == {names.need(c).zh for c in ("basic_living", "medical_aid")}
    assert [a.value for a in answers] == [None, None]
    assert field(app.multiselect, "needs").value == []

    signed(app)
    assert "请逐项填写核查情况：" in warnings(app)
    assert acts_of(case) == []


def test_a_confirmation_without_an_unmet_need_is_refused_in_a_sentence(case, open_page) -> None:
    app = opened(open_page, case, "confirmed")
    field(app.radio, "answer_basic_living").set_value("not_eligible")
    field(app.radio, "answer_medical_aid").set_value("false_alarm")
    signed(app)

    assert "至少要有一项需求属实且应救未救" in warnings(app)
    assert acts_of(case) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_need_shows_its_own_finding(case, open_page, language) -> None:
    app = opened(open_page, case, "confirmed", language)
    field(app.radio, "answer_basic_living").set_value("not_eligible")
    field(app.radio, "answer_medical_aid").set_value("confirmed")
    signed(app)

    assert errors(app) == []
    history = next(b.proto.body for b in app.get("html") if "dd-line" in b.proto.body
                   and LI in b.proto.body)  # fmt: skip
    lines = [line for line in history.split("<time>") if LI in line]
    told = {
        "zh": ("属实-不符合", "属实-符合"),
        "en": ("True, rule not met", "True, need confirmed"),
    }
    living, medical = (
        next(line for line in lines if getattr(names.need(code), language) in line)
        for code in ("basic_living", "medical_aid")
    )
    assert f"{told[language][0]}</b>" in living
    assert f"{told[language][1]}</b>" in medical
    table = page_text(app)
    assert ("核查结果" if language == "zh" else "Finding") in table
    with open_session(case.home) as session:
        found = session.scalars(select(Need).where(Need.alert_id == alert_of(case)))
        assert {n.code: n.outcome for n in found} == {
            "basic_living": "not_eligible",
            "medical_aid": "confirmed",
        }


def test_a_need_found_on_the_spot_is_added(case, open_page) -> None:
    app = opened(open_page, case, "confirmed")
    field(app.radio, "answer_basic_living").set_value("not_eligible")
    field(app.radio, "answer_medical_aid").set_value("already_covered")
    field(app.multiselect, "needs").set_value(["employment"])
    signed(app)

    assert any("已登记核查结果" in s.value for s in app.success)
    assert any("已登记核查结果" in t.value for t in app.toast)
    with open_session(case.home) as session:
        found = session.scalars(select(Need).where(Need.alert_id == alert_of(case)))
        assert {n.code for n in found if n.state == "confirmed"} == {"employment"}


def test_an_old_page_refuses_and_keeps_what_was_typed(case, open_page) -> None:
    app = opened(open_page, case, "refused")
    field(app.text_area, "note").set_value("老人不愿多谈，邻居在场")
    elsewhere(case, "dispatch")
    before = acts_of(case)
    signed(app)

    assert errors(app) == []
    assert "王A 刚刚派单" in warnings(app)
    assert "您的操作没有登记" in warnings(app)
    assert acts_of(case) == before == [("王A", "dispatch")]
    assert field(app.text_area, "note").value == "老人不愿多谈，邻居在场"
    assert field(app.selectbox, "outcome").value == "refused"
    assert field(app.checkbox, "sure").value is True
    assert app.button("household_record").disabled
    assert "已派单" in page_text(app)  # the page shows the new state

    app.button("household_record_look").click().run()
    assert warnings(app) == ""
    assert field(app.text_area, "note").value == "老人不愿多谈，邻居在场"
    app.button("household_record").click().run()
    assert (LI, "refuse") in acts_of(case)


def test_a_second_result_does_not_vanish(case, open_page) -> None:
    """Somebody else's result closes the case; the note goes on as a note of the next step."""
    app = opened(open_page, case, "referred", "en")
    field(app.text_area, "note").set_value("The daughter sends money")
    with open_session(case.home) as session:
        service.record_outcome(
            session, alert_of(case), "false_alarm", actor="Wang A", role="dispatcher",
            now=now(case), cause="stale",
        )  # fmt: skip
    before = acts_of(case)
    signed(app)

    assert "Wang A recorded a false alarm just now" in warnings(app)
    assert field(app.text_area, "note").value == "The daughter sends money"
    assert acts_of(case) == before

    app.button("household_record_look").click().run()
    assert errors(app) == []
    assert field(app.text_input, "step_note").value == "The daughter sends money"


def test_every_step_is_refused_on_an_old_page(case, open_page) -> None:
    app = at_household(open_page, case)
    app.selectbox("household_step").set_value("note")
    field(app.text_input, "step_note").set_value("明日再访")
    elsewhere(case, "note", note="已电话联系村委")
    app.button("household_step_go").click().run()

    assert "王A 刚刚添加备注" in warnings(app)
    assert field(app.text_input, "step_note").value == "明日再访"
    assert acts_of(case) == [("王A", "note")]

    app.button("household_step_go_look").click().run()
    app.button("household_step_go").click().run()
    assert acts_of(case) == [("王A", "note"), (LI, "note")]
    assert field(app.text_input, "step_note").value == ""  # the next act begins empty


def test_settling_a_need_is_refused_on_an_old_page(case, open_page) -> None:
    with open_session(case.home) as session:
        service.record_outcome(
            session, alert_of(case), "confirmed", actor="t", role="dispatcher", now=now(case)
        )
    app = at_household(open_page, case)
    assert field(app.radio, "need_step").value is None  # nothing is chosen beforehand
    field(app.radio, "need_step").set_value("met").run()
    field(app.selectbox, "need_help").set_value("goods")
    elsewhere(case, "escalate")
    app.button("household_need_go").click().run()

    assert "王A 刚刚督办" in warnings(app)
    assert acts_of(case)[-1] == ("王A", "escalate")
    app.button("household_need_go_look").click().run()
    app.button("household_need_go").click().run()
    assert acts_of(case)[-1] == (LI, "need_met")


def test_opening_the_page_again_is_looking_again(case, open_page) -> None:
    app = at_household(open_page, case)
    elsewhere(case, "dispatch")
    app.switch_page("app_pages/alerts/alerts.py").run()
    app.switch_page("app_pages/household/household.py").run()
    app.selectbox("household_step").set_value("accept")
    app.button("household_step_go").click().run()

    assert warnings(app) == ""
    assert acts_of(case)[-1] == (LI, "accept")


def test_what_happens_between_reading_and_writing_is_refused_too(
    case, open_page, monkeypatch
) -> None:
    """The page was up to date when it was drawn for the click; the record itself refuses."""
    app = at_household(open_page, case)
    app.selectbox("household_step").set_value("dispatch")
    write, once = services.family.move, []

    def late(*args: object, **given: object) -> None:
        if not once:
            once.append(elsewhere(case, "dispatch"))
        write(*args, **given)

    monkeypatch.setattr(services.family, "move", late)
    app.button("household_step_go").click().run()

    assert "王A 刚刚派单" in warnings(app)
    assert acts_of(case) == [("王A", "dispatch")]


def test_the_forms_of_another_household_begin_empty(case, open_page) -> None:
    app = opened(open_page, case, "refused")
    field(app.text_area, "note").set_value("只属于这一户")
    app.run()
    with open_session(case.home) as session:
        query = select(Alert.household).where(Alert.state == "raised")
        other = next(h for h in session.scalars(query) if h != case.alerted)
    app.query_params["household"] = other
    app.session_state["household_open"] = other
    app.run()

    assert field(app.selectbox, "outcome").value is None
    assert "household_note" not in "".join(w.key for w in app.text_area)


def test_a_false_alarm_of_a_grave_case_waits_for_a_second_person(case, open_page) -> None:
    with open_session(case.home) as session:
        session.get_one(Alert, alert_of(case)).band = "red"
    app = opened(open_page, case, "false_alarm")
    field(app.selectbox, "cause").set_value("stale")
    signed(app)
    assert errors(app) == []
    assert "已登记核查结果：误报" in page_text(app)
    assert "待另一人审核" in page_text(app)
