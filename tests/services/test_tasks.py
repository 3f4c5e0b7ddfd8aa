"""My tasks: whose they are, what is told of them, and what comes back from a phone."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime

import pytest
from sqlalchemy import select

import services
from alerts import holding, service
from alerts.errors import AlertNotFound
from alerts.models import Alert, AlertEvent, AlertReason
from alerts.reasons import SEE
from alerts.states import Role as CaseRole
from core.access.areas import Area
from core.access.roles import Role
from core.db import open_session
from core.home import add_months
from core.workflow.calendar import CHINA_TIME
from services import Context, Refused
from services.people import ALLOWANCE, AllowanceSpent
from services.reads import cases
from services.reads.tasks import due_word
from services.tasks import ChoiceRefused, OperationRefused
from tests.accounts import account, context, name_of
from tests.dashboard.factory import Made
from tests.services.conftest import recorded

pytestmark = pytest.mark.slow

MORNING = datetime(2026, 7, 1, 9, tzinfo=CHINA_TIME)
TEAM = {"actor": "team", "role": CaseRole.DISPATCHER, "now": MORNING}
WHY = "准备入户走访"


def dispatched(made: Made, **more: object) -> Alert:
    """The county's open alert, sent out."""
    with open_session(made.home) as session:
        alert = session.scalar(select(Alert).where(Alert.household == made.alerted))
        service.dispatch_many(session, [alert.id], **TEAM, **more)
        return alert


def all_dispatched(made: Made) -> None:
    """Every alert that was raised and not sent out yet, sent out."""
    with open_session(made.home) as session:
        ids = list(session.scalars(select(Alert.id).where(Alert.state == "raised")))
        service.dispatch_many(session, ids, **TEAM)


def worker(made: Made, area: str = "", role: Role = Role.TOWNSHIP_WORKER) -> Context:
    return context(made.home.root, made.last, area, role)


def keys_of(here: Context) -> set[str]:
    return {task.household for task in services.tasks.mine(here)[0]}


def test_a_task_is_there_once_it_was_sent_out(county: Made) -> None:
    assert county.alerted not in keys_of(worker(county))
    alert = dispatched(county)
    assert county.alerted in keys_of(worker(county))
    assert county.alerted in keys_of(worker(county, alert.village_code))
    others = {a.village_code for a in stored(county) if a.village_code != alert.village_code}
    assert county.alerted not in keys_of(worker(county, min(others)))


def stored(made: Made) -> list[Alert]:
    with open_session(made.home) as session:
        return list(session.scalars(select(Alert)))


def test_a_reason_of_an_earlier_month_names_its_month(county: Made) -> None:
    all_dispatched(county)
    with open_session(county.home) as session:
        query = select(AlertReason.alert_id, AlertReason.code, AlertReason.as_of)
        months = {(r.alert_id, r.code): f"{r.as_of:%Y-%m}" for r in session.execute(query)}
    tasks = services.tasks.mine(worker(county))[0]
    reasons = [(t.alert, r) for t in tasks for r in t.reasons if r.code != SEE]
    told = [(months[alert, r.code], r.told) for alert, r in reasons]
    assert {month < "2026-06" for month, _ in told} == {True, False}
    for month, text in told:
        older = month < "2026-06"
        assert text.zh.endswith(f"（{month} 的情况）") == older
        assert text.en.endswith(f" (as known in {month})") == older


def test_a_case_given_to_somebody_by_name_is_nobody_elses_task(county: Made) -> None:
    code = next(a.township_code for a in stored(county) if a.household == county.alerted)
    dispatched(county, to=holding.Held(CaseRole.WORKER, code, "chen"))
    assert county.alerted not in keys_of(worker(county))


def test_what_a_disabled_account_had_is_everybodys_there_again(county: Made) -> None:
    code = next(a.village_code for a in stored(county) if a.household == county.alerted)
    with open_session(county.home) as session:
        who = account(session, Role.VILLAGE_WORKER, Area(code)).name
    dispatched(county, to=holding.Held(CaseRole.WORKER, code[:9], who))
    assert county.alerted not in keys_of(worker(county))
    admin = context(county.home.root, date.max, role=Role.ADMINISTRATOR)
    assert services.accounts.disable(admin, who) == 1
    assert county.alerted in keys_of(worker(county))
    assert county.alerted in keys_of(worker(county, code, Role.VILLAGE_WORKER))
    (entry,) = recorded(county.home, "assign")
    assert "log_sha256" in entry.detail
    assert '"handed_back": 1' in recorded(county.home, "disable_account")[0].detail.replace(
        '":1', '": 1'
    )


def test_a_departments_list_leaves_out_needs_that_are_met(county: Made) -> None:
    alert = dispatched(county)
    office = "medical_security"
    by = {"actor": "chen", "role": CaseRole.WORKER, "now": MORNING}
    kinds = {"medical_aid": "confirmed", "basic_living": "confirmed"}
    with open_session(county.home) as session:
        service.record_outcome(session, alert.id, "confirmed", needs=kinds, **by)
        found = session.get_one(Alert, alert.id)
        own = next(need.id for need in found.needs if need.department == office)
    here = worker(county, role=Role.DEPARTMENT_WORKER).within(Area(department=office))
    assert county.alerted in keys_of(here)
    with open_session(county.home) as session:
        service.settle_need(session, own, met=True, **by | {"role": CaseRole.DEPARTMENT})
    services.reads.base.forget()
    assert county.alerted not in keys_of(here)


def test_a_departments_task_is_due_on_the_day_of_its_own_need(county: Made) -> None:
    """What another department owes to the family is not its lateness."""
    alert = dispatched(county)
    office, by = "civil_affairs", {"actor": "chen", "now": MORNING}
    kinds = {"medical_aid": "confirmed", "basic_living": "confirmed"}
    with open_session(county.home) as session:
        service.record_outcome(
            session, alert.id, "confirmed", needs=kinds, role=CaseRole.WORKER, **by
        )
        found = session.get_one(Alert, alert.id)
        own = next(need for need in found.needs if need.department == office)
        service.take_up(session, own.id, role=CaseRole.DEPARTMENT, **by)
        due, of_the_case = own.due_on, found.due_on
    here = worker(county, role=Role.DEPARTMENT_WORKER).within(Area(department=office))
    told = {task.household: task.due_on for task in services.tasks.mine(here)[0]}
    assert told[county.alerted] == due
    assert due > of_the_case  # the medical office has not answered yet


def test_a_suspended_case_waits_until_its_day(county: Made) -> None:
    alert = dispatched(county)
    with open_session(county.home) as session:
        service.suspend(session, alert.id, date(2026, 8, 1), note="住院", **TEAM)
    assert county.alerted not in keys_of(worker(county))


def test_due_first_and_told_as_late_near_or_in_time(county: Made) -> None:
    all_dispatched(county)
    found, total = services.tasks.mine(worker(county))
    days = [task.due_on for task in found]
    assert total == len(found) > 1
    assert days == sorted(days)
    assert {task.due for task in found} == {"near", "ok"}
    friday = date(2026, 6, 26)
    assert due_word(date(2026, 6, 25), friday) == "late"
    assert due_word(date(2026, 6, 30), friday) == "near"  # Monday and Tuesday
    assert due_word(date(2026, 7, 1), friday) == "ok"
    assert due_word(None, friday) == "ok"


def test_what_is_told_does_not_tell_the_visits_drawn_at_random(county: Made) -> None:
    all_dispatched(county)
    found, _ = services.tasks.mine(worker(county))
    assert {task.band for task in found} <= {"red", "orange", "yellow", "lower"}
    assert all(task.reasons for task in found)
    assert "risk_rank" not in {reason.code for task in found for reason in task.reasons}


def test_a_list_is_no_longer_than_asked_for_but_says_how_many_there_are(county: Made) -> None:
    all_dispatched(county)
    found, total = services.tasks.mine(worker(county), 1)
    assert (len(found), total > 1) == (1, True)


def sent(task: services.tasks.Task, field: str, value: str, mark: str) -> dict:
    return {
        "id": f"operation-{mark}",
        "device": "device-1",
        "at": "2026-07-01T10:00:00+08:00",
        "seen_event": task.version,
        "field": field,
        "value": value,
    }


def task_of(here: Context, household: str) -> services.tasks.Task:
    return next(task for task in services.tasks.mine(here)[0] if task.household == household)


def test_a_result_from_a_phone_is_recorded_once_with_who_and_which_rows(county: Made) -> None:
    dispatched(county)
    here = worker(county)
    task = task_of(here, county.alerted)
    one = sent(task, "result", json.dumps({"outcome": "already_covered"}), "1")
    assert services.tasks.receive(here, task.key, one).kind == "done"
    assert services.tasks.receive(here, task.key, one).again
    (entry,) = recorded(county.home, "outcome")
    assert entry.account == name_of(Role.TOWNSHIP_WORKER)
    assert "log_sha256" in entry.detail
    assert county.alerted not in keys_of(here)


def test_two_phones_share_a_sheet_and_the_choice_is_recorded(county: Made) -> None:
    dispatched(county)
    here, team = worker(county), worker(county, role=Role.DISPATCHER)
    task = task_of(here, county.alerted)
    services.tasks.receive(here, task.key, sent(task, "note", "门锁着", "1"))
    told = services.tasks.sheets(team, [task])[task.key]
    assert told["note"]["value"] == "门锁着"
    services.tasks.receive(team, task.key, sent(task, "note", "已见面", "2"))
    (conflict,) = services.tasks.conflicts(here)
    assert (conflict.kept, conflict.other) == ("门锁着", "已见面")
    assert (conflict.kept_by, conflict.other_by) == (
        name_of(Role.TOWNSHIP_WORKER),
        name_of(Role.DISPATCHER),
    )
    services.tasks.choose(here, conflict.id, "other", conflict.kept)
    assert services.tasks.conflicts(here) == []
    assert services.tasks.sheets(here, [task])[task.key]["note"]["value"] == "已见面"
    (entry,) = recorded(county.home, "choose_visit")
    assert '"chosen": "other"' in entry.detail.replace('":"', '": "')


def test_another_area_neither_sends_nor_chooses(county: Made) -> None:
    alert = dispatched(county)
    here = worker(county)
    task = task_of(here, county.alerted)
    services.tasks.receive(here, task.key, sent(task, "note", "门锁着", "1"))
    services.tasks.receive(
        worker(county, role=Role.DISPATCHER), task.key, sent(task, "note", "已见面", "2")
    )
    (conflict,) = services.tasks.conflicts(here)
    towns = {a.township_code for a in stored(county)} - {alert.township_code}
    elsewhere = here.within(Area(min(towns)))
    with pytest.raises(AlertNotFound):
        services.tasks.receive(elsewhere, task.key, sent(task, "note", "x", "3"))
    assert services.tasks.conflicts(elsewhere) == []
    with pytest.raises(ChoiceRefused):
        services.tasks.choose(elsewhere, conflict.id, "other", conflict.kept)
    with pytest.raises(AlertNotFound):
        services.tasks.take_along(elsewhere, task.key, WHY)


def test_who_may_not_record_visits_sends_nothing(county: Made) -> None:
    dispatched(county)
    task = task_of(worker(county), county.alerted)
    for role in (Role.LEADER, Role.DEPARTMENT_WORKER, Role.ANALYST):
        with pytest.raises(Refused):
            services.tasks.receive(
                worker(county, role=role), task.key, sent(task, "note", "x", "1")
            )


def test_what_is_not_understood_changes_nothing(county: Made) -> None:
    dispatched(county)
    here = worker(county)
    task = task_of(here, county.alerted)
    with pytest.raises(OperationRefused):
        services.tasks.receive(here, task.key, sent(task, "state", "closed", "1"))
    late = sent(task, "note", "x", "2") | {"seen_event": task.version + 1}
    with pytest.raises(OperationRefused):
        services.tasks.receive(here, task.key, late)


def test_names_are_taken_along_as_a_reveal_without_id_numbers(county: Made) -> None:
    dispatched(county)
    here = worker(county)
    task = task_of(here, county.alerted)
    taken = services.tasks.take_along(here, task.key, WHY)
    assert taken.people[0]["name"] == "张小三"
    assert taken.people[0]["phone"] == "13900000000"
    assert "9903211970" not in str(asdict(taken))
    (entry,) = recorded(county.home, "reveal")
    assert (entry.object, entry.purpose) == (county.alerted, WHY)


def test_taking_along_counts_against_the_days_allowance(
    county: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ALLOWANCE > 0
    dispatched(county)
    here = worker(county)
    monkeypatch.setattr(services.people, "ALLOWANCE", 0)
    with pytest.raises(AllowanceSpent):
        services.tasks.take_along(here, task_of(here, county.alerted).key, WHY)


def test_printing_is_recorded_and_keeps_to_the_area(county: Made) -> None:
    alert = dispatched(county)
    here = worker(county)
    key = task_of(here, county.alerted).key
    assert [t.household for t in services.tasks.to_print(here, [key, key, "x"])] == [county.alerted]
    towns = {a.township_code for a in stored(county)} - {alert.township_code}
    assert services.tasks.to_print(here.within(Area(min(towns))), [key]) == []
    assert [entry.rows for entry in recorded(county.home, "print_visits")] == [1, 0]


def test_an_alert_is_found_by_the_key_it_is_called_by(county: Made) -> None:
    here = (str(county.home.root), county.last, Area())
    for back in (0, 1):
        month = add_months(county.last, -back)
        place = (here[0], month, here[2])
        ids = [int(i) for i in services.reads.standing.stood(*place)["id"]]
        called = cases.keys(*place, ids)
        assert {cases.by_key(*place, key) for key in called.values()} == set(ids)
        some = called[ids[0]]
        for wrong in (f"{some}-1", f"{some}-2", f"{some}-x", some[:-1], "", "202606", f"{some}-"):
            assert cases.by_key(*place, wrong) is None


def test_the_rows_that_an_act_vouches_for_are_counted_behind_the_lock(
    county: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched(county)
    here, team = worker(county), worker(county, role=Role.DISPATCHER)
    task = task_of(here, county.alerted)
    done: list[str] = []
    for name, module in (("lock", services.tasks), ("newest", services.tasks.digests)):
        act = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *given, _name=name, _act=act: done.append(_name) or _act(*given)
        )
    covered = sent(task, "result", json.dumps({"outcome": "already_covered"}), "1")
    services.tasks.receive(here, task.key, covered)
    assert done[:2] == ["lock", "newest"]
    refused = json.dumps({"outcome": "refused"})
    services.tasks.receive(team, task.key, sent(task, "result", refused, "2"))
    (conflict,) = services.tasks.conflicts(here)
    done.clear()
    services.tasks.choose(team, conflict.id, "other", conflict.kept)
    assert done[:2] == ["lock", "newest"]
    (entry,) = recorded(county.home, "choose_visit")
    with open_session(county.home) as session:
        acts = [(entry.seq, json.loads(entry.detail))]
        assert services.tasks.digests.check(session, acts).findings == []
        results = select(AlertEvent.actor).where(AlertEvent.action == "refuse")
        assert set(session.scalars(results)) == {name_of(Role.DISPATCHER)}
