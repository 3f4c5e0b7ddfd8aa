"""Referrals for the people: a body sees and answers what it was asked, the county follows up."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import services
from alerts import service
from alerts.errors import AlertNotFound
from alerts.models import Alert
from alerts.noticing import Recipient, digest, unanswered
from alerts.policy import load_policy
from alerts.referrals.following import ReferralChanged
from alerts.states import Role as CaseRole
from core.access.areas import Area
from core.access.roles import Role
from core.db import open_session
from core.workflow.errors import MoveRefused
from dashboard.i18n import translator
from services import Context, Refused, referrals
from tests.dashboard.factory import Made
from tests.services.conftest import recorded
from tests.services.test_tasks import MORNING, dispatched, keys_of, worker

OFFICE, OTHER = "medical_security", "health"
DONE = "已按医疗救助受理"


@pytest.fixture
def referred(county: Made) -> Made:
    """The county with its open alert visited, and referred for medical aid."""
    alert = dispatched(county)
    by = {"actor": "chen", "role": CaseRole.WORKER, "now": MORNING}
    with open_session(county.home) as session:
        service.record_outcome(session, alert.id, "referred", needs=["medical_aid"], **by)
    services.reads.base.forget()
    return county


def office(made: Made, code: str = OFFICE) -> Context:
    return worker(made, role=Role.DEPARTMENT_WORKER).within(Area(department=code))


def desk(made: Made, role: Role = Role.DISPATCHER) -> Context:
    return worker(made, role=role)


def test_the_body_that_was_asked_sees_its_referral_and_the_household(referred: Made) -> None:
    (row,) = referrals.referrals(office(referred)).to_dict("records")
    assert (row["household"], row["code"], row["state"]) == (
        referred.alerted, "medical_aid", "waiting",
    )  # fmt: skip
    assert row["number"]
    assert not services.family.alerts_of(office(referred), referred.alerted).empty
    assert referrals.referrals(office(referred, OTHER)).empty
    with pytest.raises((services.OutsideArea, services.NothingYet)):
        services.family.alerts_of(office(referred, OTHER), referred.alerted)
    assert referred.alerted not in keys_of(office(referred)), "no need of theirs is open"


@pytest.mark.slow
def test_its_answer_is_recorded_and_stands_in_the_case_history(referred: Made) -> None:
    here = office(referred)
    (row,) = referrals.referrals(here).to_dict("records")
    assert referrals.may_answer(here, row["state"]) == ["answer", "decline"]
    referrals.answer(here, row["id"], row["last_event"], step="answer", note=DONE)
    (entry,) = recorded(referred.home, "answer_referral")
    assert entry.account == here.principal.account
    assert referred.alerted in entry.detail
    told = services.history.case_history(desk(referred), referred.alerted)
    lines = [
        (e.what.zh, e.more.zh if e.more else "", e.note.zh if e.note else "")
        for e in told.entries
        if "转介" in e.what.zh or "答复" in e.what.zh
    ]
    by = f"部门经办 {here.principal.account}"
    assert ("医疗救助：答复：已受理并处理", by, f"→ 医保 · {DONE}") in lines
    assert any(what == "医疗救助：转介" for what, _, _ in lines)


def test_not_theirs_waits_for_the_county_which_asks_another(referred: Made) -> None:
    here = office(referred)
    (row,) = referrals.referrals(here).to_dict("records")
    referrals.answer(here, row["id"], row["last_event"], step="decline", note="属卫健")
    (row,) = referrals.referrals(desk(referred)).to_dict("records")
    assert referrals.may_answer(here, row["state"]) == []
    assert referrals.may_follow(desk(referred), row["state"]) == ["pass_on", "end"]
    given = (row["id"], row["last_event"])
    referrals.follow(desk(referred), *given, step="pass_on", note="改转", department=OTHER)
    assert len(referrals.referrals(office(referred, OTHER))) == 1
    assert referrals.referrals(here).empty


def test_who_may_do_what(referred: Made) -> None:
    (row,) = referrals.referrals(desk(referred)).to_dict("records")
    given = (row["id"], row["last_event"])
    for role in (Role.TOWNSHIP_WORKER, Role.ANALYST):
        assert referrals.may_follow(desk(referred, role), "waiting") == []
        assert referrals.may_answer(desk(referred, role), "waiting") == []
    assert referrals.may_follow(desk(referred, Role.LEADER), "waiting") == [
        "pass_on", "remind", "end",
    ]  # fmt: skip
    with pytest.raises(MoveRefused):
        referrals.answer(desk(referred, Role.TOWNSHIP_WORKER), *given, step="answer", note=DONE)
    with pytest.raises(Refused):
        referrals.follow(desk(referred, Role.TOWNSHIP_WORKER), *given, step="remind")
    with pytest.raises(AlertNotFound):
        referrals.answer(office(referred, OTHER), *given, step="answer", note=DONE)
    with pytest.raises(MoveRefused):
        referrals.answer(desk(referred), *given, step="end", note=DONE)
    referrals.follow(desk(referred), *given, step="remind")
    with pytest.raises(ReferralChanged):
        referrals.answer(office(referred), *given, step="answer", note=DONE)


def test_the_digest_counts_it_for_the_body_and_the_county(referred: Made) -> None:
    late = date(2026, 8, 31)
    policy = load_policy(referred.home, late)
    with open_session(referred.home) as session:
        found = unanswered(session, late)
        counted = {
            name: digest([], [whose], late, policy, found).late
            for name, whose in {
                "body": Recipient(CaseRole.DEPARTMENT, department=OFFICE),
                "other": Recipient(CaseRole.DEPARTMENT, department=OTHER),
                "county": Recipient(CaseRole.DISPATCHER),
                "worker": Recipient(CaseRole.WORKER),
            }.items()
        }
    assert counted == {"body": 1, "other": 0, "county": 1, "worker": 0}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_is_told_in_words(referred: Made, language: str) -> None:
    from dashboard.app_pages.supervision import referrals as page

    say = translator(language)
    found = referrals.referrals(desk(referred))
    told = page.sentence(found, say)
    assert ("未答复的转介 1 项" if language == "zh" else "without an answer: 1") in told
    markup = page.table(desk(referred), found, say)
    assert ("待答复" if language == "zh" else "Awaiting an answer") in markup
    sheet = page.sheet(desk(referred), say)
    assert sheet.rows == 1
    with open_session(referred.home) as session:
        head = session.scalars(select(Alert.household)).first()
    assert head not in str(sheet)
