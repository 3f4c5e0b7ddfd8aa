"""What the record says, in words: no field, code or function name reaches an auditor."""

from __future__ import annotations

import re

import pytest

from core.audit import Entry, address_of, place_of
from core.audit.reads import Event
from dashboard.app_pages.record import events
from dashboard.i18n import translator
from services import record_words
from services.context import utc_now
from services.use_case import TABLE

ZH, EN = translator("zh"), translator("en")
DETAIL = {
    "as_of": "2026-06-30",
    "outcome": "false_alarm",
    "state": "closed",
    "grants": ["township_worker:990321101:"],
    "again": True,
    "why": "demo",
    "log": "3-5",
    "log_sha256": "0" * 64,
}


def event(**more: object) -> Event:
    given = Entry("li", "look", detail=DETAIL).columns()
    given |= {"seq": 1, "at": utc_now(), "detail": DETAIL, **more}
    return Event(**{name: given[name] for name in Event.__dataclass_fields__})


def test_details_are_told_in_chinese_without_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LONGEST", 500)
    told = re.sub(r"<[^>]*>", "", events._more(event(), ZH))
    assert not re.search(r"[A-Za-z_]{2,}", told), told
    assert "乡镇核查员 990321101" in told
    assert "重复 是" in told
    english = events._more(event(), EN)
    assert '<span class="dd-whole">2026-06-30</span>' in english
    assert "false_alarm" not in english
    assert "0000" not in english


def test_a_use_case_or_an_operation_is_called_by_its_words() -> None:
    for name, row in TABLE.items():
        if row.action is not None:
            told = record_words.kind(name)
            assert (told.zh, told.en) == (row.action.zh, row.action.en)
    about = events._about(event(object_kind="interface", object="list_alerts", rows=7), ZH)
    assert "查询预警" in about
    assert ">list_alerts<" not in about
    assert "7" in about


@pytest.mark.parametrize("text", ["::1", "127.0.0.1", "::ffff:127.0.0.1"])
def test_one_machine_is_one_address(text: str) -> None:
    assert address_of(text) == "127.0.0.1"
    assert place_of(text, "curl") == "127.0.0.1 curl"


def test_other_addresses_stay_what_they_are() -> None:
    assert address_of("::ffff:10.1.2.3") == "10.1.2.3"
    assert [address_of(one) for one in ("2001:db8::1", "testclient", "")] == [
        "2001:db8::1", "testclient", "",
    ]  # fmt: skip
