"""Roles, areas, passwords, sealed links: what the door stands on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import accounts, links, passwords
from core.access.areas import COUNTY, Area
from core.access.links import LinkRefused, opened
from core.access.passwords import PasswordRefused
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Action, Role, may, roles_for
from core.db import open_session, upgrade
from core.home import Home
from tests.roles_by_hand import by_hand

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC).replace(tzinfo=None)
TOWN, OTHER_TOWN = Area("990321101"), Area("990321102")
VILLAGE, OTHER_VILLAGE = Area("990321101200"), Area("990321101201")


# Roles


@pytest.mark.parametrize("action", list(Action))
def test_the_table_allows_an_action_to_exactly_the_roles_of_the_list(action: Action) -> None:
    assert {role for role in Role if may(role, action)} == by_hand()[action]
    assert set(roles_for(action)) == by_hand()[action]


def test_who_manages_accounts_sees_no_families_and_who_reads_the_record_changes_nothing() -> None:
    manages = [Action.MANAGE_ACCOUNTS, Action.SET_UP]
    assert [a for a in Action if may(Role.ADMINISTRATOR, a)] == manages
    assert [a for a in Action if may(Role.AUDITOR, a)] == [Action.READ_RECORD]


def test_every_role_and_action_has_words_in_both_languages() -> None:
    for word in (*Role, *Action):
        assert word.zh != word.en
        assert word.zh
        assert word.en


# Areas


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [
        (COUNTY, [COUNTY, TOWN, VILLAGE, Area("", "civil_affairs")], []),
        (TOWN, [TOWN, VILLAGE, OTHER_VILLAGE], [COUNTY, OTHER_TOWN, Area("990321102200")]),
        (VILLAGE, [VILLAGE], [COUNTY, TOWN, OTHER_VILLAGE]),
        (
            Area("", "health"),
            [Area("", "health"), Area(TOWN.code, "health")],
            [COUNTY, TOWN, Area("", "civil_affairs")],
        ),
    ],
)
def test_an_area_holds_what_lies_below_it_and_nothing_beside_or_above(
    area: Area, inside: list[Area], outside: list[Area]
) -> None:
    assert [one for one in inside if not area.holds(one)] == []
    assert [one for one in outside if area.holds(one)] == []


def test_a_prefix_that_is_no_township_holds_nothing_but_itself() -> None:
    assert not Area("99032110").holds(TOWN)
    assert not Area("99032110120").holds(VILLAGE)


def test_a_principal_may_act_in_its_areas_and_is_told_why_not_elsewhere() -> None:
    worker = Principal("w", "W", (Grant(Role.TOWNSHIP_WORKER, TOWN), Grant(Role.ANALYST, VILLAGE)))
    worker.require(Action.RECORD, VILLAGE)
    with pytest.raises(Refused) as elsewhere:
        worker.require(Action.RECORD, OTHER_TOWN)
    assert "不在此区域" in elsewhere.value.zh
    with pytest.raises(Refused) as never:
        worker.require(Action.PROMOTE)
    assert "数据科学人员" in never.value.zh
    assert "Data scientist" in never.value.en
    assert worker.areas(Action.SEE_FIGURES) == [TOWN]  # the village lies in it
    assert worker.areas(Action.SEE_MODEL) == [VILLAGE]


# Accounts


@pytest.fixture
def session(tmp_path):
    home = Home(tmp_path)
    upgrade(home)
    with open_session(home) as opened_one:
        yield opened_one


@pytest.mark.parametrize(
    ("grants", "told"),
    [
        ([Grant(Role.TOWNSHIP_WORKER)], "需要选择一个乡镇"),
        ([Grant(Role.TOWNSHIP_WORKER, VILLAGE)], "需要选择一个乡镇"),
        ([Grant(Role.VILLAGE_WORKER, TOWN)], "需要选择一个村"),
        ([Grant(Role.DEPARTMENT_WORKER)], "需要选择部门"),
        ([Grant(Role.LEADER, Area("", "health"))], "其他角色不选部门"),
        ([Grant(Role.ADMINISTRATOR), Grant(Role.LEADER)], "不能兼任"),
        ([Grant(Role.AUDITOR), Grant(Role.ANALYST)], "不能兼任"),
    ],
)
def test_grants_that_do_not_go_together_are_refused(session, grants, told) -> None:
    account = accounts.create(session, "somebody", "某人", NOON)
    with pytest.raises(accounts.AccountError) as refused:
        accounts.set_grants(session, account, grants, "admin", NOON)
    assert told in refused.value.zh
    assert accounts.grants_of(account) == ()


def test_a_grant_taken_away_stays_in_the_table_and_gives_nothing(session) -> None:
    account = accounts.create(session, "somebody", "某人", NOON)
    accounts.set_grants(session, account, [Grant(Role.TOWNSHIP_WORKER, TOWN)], "admin", NOON)
    accounts.set_grants(session, account, [Grant(Role.TOWNSHIP_WORKER, OTHER_TOWN)], "admin", NOON)
    assert accounts.grants_of(account) == (Grant(Role.TOWNSHIP_WORKER, OTHER_TOWN),)
    assert [row.withdrawn_at for row in account.grants] == [NOON, None]


@pytest.mark.parametrize("name", ["ab", "1abc", "王丽", "990321197001010017", "a b", "x" * 41])
def test_an_account_has_a_short_plain_name(session, name: str) -> None:
    with pytest.raises(accounts.AccountError):
        accounts.create(session, name, "某人", NOON)


def test_the_last_administrator_cannot_be_disabled(session) -> None:
    first = accounts.create(session, "first", "甲", NOON)
    accounts.set_grants(session, first, [Grant(Role.ADMINISTRATOR)], "setup", NOON)
    with pytest.raises(accounts.AccountError):
        accounts.set_disabled(session, first, True, NOON)
    second = accounts.create(session, "second", "乙", NOON)
    accounts.set_grants(session, second, [Grant(Role.ADMINISTRATOR)], "first", NOON)
    accounts.set_disabled(session, first, True, NOON)
    assert first.disabled_at == NOON


# Passwords


@pytest.mark.parametrize(
    "easy",
    ["short1!", "aaaaaaaaaaaa1", "12345678901", "onlyletters", "Password2026", "wang.li-2026!"],
)
def test_an_easy_password_is_refused(easy: str) -> None:
    with pytest.raises(PasswordRefused):
        passwords.check(easy, "wang.li")


def test_a_drawn_password_can_be_read_from_paper_and_is_another_each_time() -> None:
    drawn = {passwords.drawn("wang.li") for _ in range(200)}
    assert len(drawn) == 200
    assert {len(one) for one in drawn} == {16}
    assert not set("".join(drawn)) & set("0O1lI")


@pytest.mark.parametrize("account", ["wang.li", "li", "a", ""])
def test_a_drawn_password_is_one_that_would_be_accepted(account: str) -> None:
    for _ in range(1500):  # one draw in a hundred holds letters alone
        passwords.check(passwords.drawn(account), account or "-")


def test_a_password_fits_itself_alone_and_is_not_kept_in_the_clear() -> None:
    kept = passwords.sealed("Lantern-river-7")
    assert kept.startswith("$argon2id$")
    assert "Lantern" not in kept
    assert passwords.fits("Lantern-river-7", kept)
    assert not passwords.fits("lantern-river-7", kept)
    assert not passwords.fits("Lantern-river-7", None)
    assert not passwords.fits("Lantern-river-7", "no hash at all")


def test_the_wait_after_wrong_passwords_doubles_up_to_an_hour() -> None:
    waits = [passwords.wait_after(n).total_seconds() for n in range(14)]
    assert waits[:5] == [0] * 5
    assert waits[5:9] == [30, 60, 120, 240]
    assert max(waits) == waits[13] == 3600


# Sealed links


ASKED = {"month": "2026-06-30", "area": "", "asked": '{"household":"h1"}'}


def query_of() -> dict[str, str]:
    sealed = links.sealed("browser", "household", ASKED, NOON)
    return dict(parse_qsl(sealed, keep_blank_values=True))


def test_a_link_opens_for_the_browser_it_was_made_for() -> None:
    assert opened("browser", "household", query_of(), NOON + timedelta(minutes=14)) == ASKED


@pytest.mark.parametrize("secret", ["", "another browser"])
def test_a_link_opens_for_no_other_browser(secret: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        opened(secret, "household", query_of(), NOON)
    assert refused.value.why == "seal"


def test_a_link_is_for_its_own_kind_of_file() -> None:
    with pytest.raises(LinkRefused):
        opened("browser", "alerts", query_of(), NOON)


@pytest.mark.parametrize(
    "change",
    [
        {"month": "2026-05-31"},
        {"area": "990321101"},
        {"asked": '{"household":"h2"}'},
        {"until": "99999999999"},
        {"until": ""},
        {"seal": ""},
        {"seal": "0" * 64},
        {"extra": "1"},
    ],
)
def test_a_changed_link_opens_nothing(change: dict[str, str]) -> None:
    with pytest.raises(LinkRefused) as refused:
        opened("browser", "household", query_of() | change, NOON)
    assert refused.value.why == "seal"


def test_a_parameter_taken_out_opens_nothing() -> None:
    for name in query_of():
        query = query_of()
        del query[name]
        with pytest.raises(LinkRefused):
            opened("browser", "household", query, NOON)


def test_a_link_expires_after_fifteen_minutes() -> None:
    with pytest.raises(LinkRefused) as refused:
        opened("browser", "household", query_of(), NOON + timedelta(minutes=15, seconds=1))
    assert refused.value.why == "expired"


@pytest.mark.slow
@given(
    st.dictionaries(st.sampled_from(["month", "area", "asked"]), st.text(max_size=8)),
    st.text(max_size=8),
)
def test_no_other_question_has_the_same_seal(changed: dict[str, str], secret: str) -> None:
    query = query_of()
    if (ASKED | changed, secret) == (ASKED, "browser"):
        return
    given_back = dict(parse_qsl(urlencode(query | changed), keep_blank_values=True))
    with pytest.raises(LinkRefused):
        opened(secret, "household", given_back, NOON)
