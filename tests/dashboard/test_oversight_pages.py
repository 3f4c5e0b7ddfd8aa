"""Accounts, the record, emergency looks: pages of oversight, each for one role only."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.access import accounts, sign_ins
from core.access.areas import Area
from core.access.glass import Verdict
from core.access.models import Account
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from core.home import Home
from services.context import utc_now
from tests.accounts import context, name_of, signed_in
from tests.dashboard.factory import Made

OF_THE_RULES = ("laboratory", "rules", "standards")
OF_THE_MODEL = ("explanations", "fairness", "watching")
PAGES = {
    Role.ADMINISTRATOR: {"accounts", "setup"},
    Role.AUDITOR: {"record"},
    Role.LEADER: {
        *(
            "reviews",
            "overview",
            "alerts",
            "supervision",
            "household",
            "precision",
            "model",
            "data",
        ),
        *("indicators", "disagreements", *OF_THE_MODEL, *OF_THE_RULES),
    },
    Role.VILLAGE_WORKER: {"alerts", "tasks", "reporting", "household"},
    Role.DATA_STEWARD: {"data"},
    Role.DATA_SCIENTIST: {
        *("overview", "precision", "model", "training", "data", "indicators"),
        *(*OF_THE_MODEL, *OF_THE_RULES),
    },
}


def shown(app) -> str:
    return "\n".join(
        str(getattr(one, "value", None) or getattr(one, "body", None) or "")
        for one in [*app.main, *app.sidebar]
    ) + "\n".join(one.proto.body for one in app.get("html"))


@pytest.mark.slow
@pytest.mark.parametrize("role", PAGES)
def test_the_menu_has_the_pages_of_the_role_and_no_others(
    county: Made, open_page, role: Role
) -> None:
    first = next(
        page
        for page in ("overview", "alerts", "data", "reviews", "record", "accounts")
        if page in PAGES[role]
    )
    app = open_page(county.home.root, first, "en", role=role)
    assert not app.exception
    links = {one.proto.page for one in app.sidebar.get("page_link")}
    # The page one is on stands in the menu as the root.
    assert ({link.split("/")[-1] for link in links} - {""}) | {first} == PAGES[role]


@pytest.mark.parametrize(
    ("role", "page"),
    [(Role.ADMINISTRATOR, "alerts"), (Role.AUDITOR, "data"), (Role.VILLAGE_WORKER, "accounts")],
)
def test_a_page_of_another_role_is_not_there(
    county: Made, open_page, role: Role, page: str
) -> None:
    app = open_page(county.home.root, page, "en", role=role)
    titles = {one.value for one in app.title}
    assert titles & {"List of alerts", "Feeds", "Accounts"} <= (
        {"Accounts"}
        if role is Role.ADMINISTRATOR
        else {"List of alerts"}
        if role is Role.VILLAGE_WORKER
        else set()
    )


def test_an_administrator_makes_an_account_and_its_password_is_shown_once(
    own_county: Made, open_page
) -> None:
    app = open_page(own_county.home.root, "accounts", "en", role=Role.ADMINISTRATOR)
    app.text_input("accounts_new").set_value("li.na")
    app.text_input("accounts_new_name").set_value("李娜")
    app.selectbox("accounts_new_role").set_value(Role.DISPATCHER).run()
    app.button("accounts_new_go").click().run()
    assert not app.exception
    password = app.code[0].value
    begun = sign_in(own_county.home, "li.na", password)
    assert begun.must_change
    app.run()
    assert not app.code
    assert recorded(own_county.home, "create_account") == [(name_of(Role.ADMINISTRATOR), "li.na")]


def test_a_worker_without_an_area_is_not_made(own_county: Made, open_page) -> None:
    app = open_page(own_county.home.root, "accounts", "en", role=Role.ADMINISTRATOR)
    app.text_input("accounts_new").set_value("li.na")
    app.text_input("accounts_new_name").set_value("李娜")
    app.selectbox("accounts_new_role").set_value(Role.TOWNSHIP_WORKER).run()
    app.button("accounts_new_go").click().run()
    assert "Choose a role and its area first." in [one.value for one in app.warning]
    with open_session(own_county.home) as session:
        assert session.get(Account, "li.na") is None


def test_disabling_asks_once_more_and_ends_every_sign_in(own_county: Made, open_page) -> None:
    home = own_county.home
    secret = signed_in(home, Role.DISPATCHER)
    name = name_of(Role.DISPATCHER)
    app = open_page(home.root, "accounts", "en", role=Role.ADMINISTRATOR)
    app.selectbox("accounts_which").set_value(name).run()
    app.button(f"accounts_{name}_disable").click().run()
    assert not app.exception
    with open_session(home) as session:
        assert sign_ins.find(session, secret, utc_now()) is None
    assert recorded(home, "disable_account") == [(name_of(Role.ADMINISTRATOR), name)]


def test_the_last_administrator_stays(own_county: Made) -> None:
    with open_session(own_county.home) as session:
        for other in accounts.everyone(session):
            other.disabled_at = utc_now()
        made = accounts.create(session, "root.one", "管理员", utc_now())
        accounts.set_grants(session, made, [accounts.Grant(Role.ADMINISTRATOR)], "x", utc_now())
        with pytest.raises(accounts.AccountError, match="last administrator"):
            accounts.set_disabled(session, made, True, utc_now())


def test_the_record_shows_who_looked_at_a_household(own_county: Made, open_page) -> None:
    import services

    here = context(own_county.home.root, own_county.last, role=Role.DISPATCHER)
    services.family.family(here, own_county.alerted)
    app = open_page(own_county.home.root, "record", "en", role=Role.AUDITOR)
    assert not app.exception
    text = shown(app)
    assert "Look at a household" in text
    assert services.people.short(own_county.alerted) in text


def test_the_check_of_the_record_finds_a_changed_event(own_county: Made, open_page) -> None:
    app = open_page(own_county.home.root, "record", "en", role=Role.AUDITOR)
    app.button("record_check").click().run()
    assert re.search(r"Nothing was found in \d+ events", shown(app))
    tamper(own_county.home)
    app.button("record_check").click().run()
    assert "The record was tampered with:" in shown(app)


def test_somebody_else_judges_an_emergency_look(own_county: Made, open_page) -> None:
    import services

    home, worker = own_county.home, Area("990399999")
    here = context(home.root, own_county.last, worker.code, Role.TOWNSHIP_WORKER)
    signed_in(home, Role.TOWNSHIP_WORKER)
    services.glass.break_glass(here, own_county.alerted, "暴雨夜村民求助，需立即核实情况")
    app = open_page(home.root, "reviews", "en", role=Role.LEADER)
    assert "waiting for a review: 1" in shown(app)
    app.radio[0].set_value(Verdict.JUSTIFIED)
    app.text_input("reviews_note").set_value("已电话核实")
    app.button("reviews_go").click().run()
    assert not app.exception
    assert "waiting for a review: 0" in shown(app)
    assert [who for who, _ in recorded(home, "review")] == [name_of(Role.LEADER)]


def sign_in(home: Home, name: str, password: str) -> sign_ins.Begun:
    with open_session(home) as session:
        return sign_ins.by_password(session, name, password, utc_now())


def recorded(home: Home, action: str) -> list[tuple[str, str]]:
    with open_session(home) as session:
        query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.seq)
        return [(row.account, row.object) for row in session.scalars(query)]


def tamper(home: Home) -> None:
    """What somebody with the database's password can do: drop the triggers, change a row."""
    import sqlite3

    with sqlite3.connect(home.workflow_db) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE audit_event SET account = 'nobody' WHERE seq = 1")


def test_an_administrator_sets_notices_up_and_no_address_comes_back(
    own_county: Made, open_page, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("DOUDI_NOTICES_FILE", str(tmp_path / "kept" / "notices.yaml"))
    app = open_page(own_county.home.root, "accounts", "en", role=Role.ADMINISTRATOR)
    app.text_input("notices_name").set_value("centre")
    app.text_input("notices_url").set_value("wecombot://s3cret-t0ken")
    app.selectbox("notices_role").set_value(Role.DISPATCHER).run()
    app.button("notices_go").click().run()
    assert not app.exception
    app.button("notices_switch").click().run()
    assert not app.exception
    page = " ".join(str(one.value) for one in [*app.markdown, *app.success, *app.text_input])
    assert "Notices are on" in page
    assert "s3cret-t0ken" not in page
    assert app.selectbox("notices_which").options == ["centre"]
    who = name_of(Role.ADMINISTRATOR)
    assert recorded(own_county.home, "set_notice") == [(who, "centre")]
    assert recorded(own_county.home, "switch_notices") == [(who, "on")]
