"""Refused rows go back, and the file that brings them again closes their ticket row by row."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from core.home import Home
from data.contracts import load_contract
from data.deliveries.returned import COLUMNS, each, ours, spans
from data.deliveries.tickets import DEPARTMENT, NOBODY, WORKING_DAYS, Ticket, tickets
from data.lake import Lake
from data.manifest import Batch
from tests.data.offices import claim
from tests.data.sending import CLAIMS, claims, deliver, known, send_claims

pytestmark = pytest.mark.slow

JULY_20, RUN = date(2026, 7, 20), date(2026, 1, 31)


def month(bad: int = 3) -> list[dict[str, Any]]:
    """June's settlements; the last ones have no date that is one."""
    return claims(1, 40) + claims(41, 40 + bad, settled_on="31号")


def returned(
    home: Home,
    origin: Batch,
    rows: list[tuple[int, dict[str, Any]]],
    language: str = "zh",
    sign: str = "-更正",
    day: str = "20260706",
    period: str = "202606",
    void: tuple[int, ...] = (),
) -> Batch:
    """The workbook of returned rows as it comes back: Excel row and settlement."""
    fields = load_contract(CLAIMS).fields
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("说明").write_string(0, 0, "需更正的行")
        page = book.add_worksheet("需更正的行")
        own = [getattr(COLUMNS[c], language) for c in ("batch", "row_no", "reason", "void")]
        page.write_row(0, 0, [*own, *(f.zh for f in fields)])
        for n, (row_no, row) in enumerate(rows, start=1):
            mine = [origin.batch, str(row_no), "日期无法识别", "是" if row_no in void else ""]
            page.write_row(n, 0, [*mine, *(str(row.get(f.name, "")) for f in fields)])
    name = f"医保结算_{period}_{day}{sign}.xlsx"
    report = deliver(home, name, content.getvalue())
    return next(b for b in report.batches if b.file == name)


def now(home: Home, as_of: date = JULY_20) -> list[Ticket]:
    return tickets(Lake(home).batches(), as_of, RUN)


def test_refused_rows_open_a_ticket_due_in_ten_working_days(home):
    batch = send_claims(home, month())
    (ticket,) = now(home)
    assert (ticket.batch.batch, ticket.rows, ticket.open) == (batch.batch, 3, 3)
    assert WORKING_DAYS == 10
    assert ticket.due.on == date(2026, 7, 10), "delivered on Sunday, 28 June"
    assert ticket.turn == DEPARTMENT
    assert not ticket.late(date(2026, 7, 10))
    assert ticket.late(date(2026, 7, 11))


def test_a_month_without_a_refused_row_has_no_ticket(home):
    send_claims(home, claims(1, 40))
    assert now(home) == []


def test_nobody_is_late_before_the_county_ran_its_first_month(home):
    send_claims(home, month())
    batches = Lake(home).batches()
    (new,) = tickets(batches, date(2026, 12, 31))
    assert not new.late(date(2026, 12, 31))
    (later,) = tickets(batches, date(2026, 12, 31), begun=date(2026, 8, 31))
    assert later.due.on == date(2026, 9, 14)


def test_the_returned_workbook_closes_the_rows_it_puts_right_and_no_others(home):
    june = send_claims(home, month())
    answer = returned(home, june, [(42, claim(41)), (43, claim(42, settled_on="32号"))])
    assert (answer.status, answer.kind, answer.doubt) == ("accepted", "correction", "")
    assert (answer.accepted, answer.quarantined) == (1, 1)
    (ticket,) = now(home)
    assert (ticket.right, ticket.open) == ({"42"}, 2), "row 43 is still wrong, row 44 never came"
    assert ticket.batch.batch == june.batch, "a row still wrong opens no second ticket"
    assert ticket.settled == {"42"}
    assert len(known(home)) == 41

    last = [(43, claim(42)), (44, claim(43))]
    returned(home, june, last, day="20260708")
    (ticket,) = now(home)
    assert (ticket.open, ticket.turn, ticket.closed_on) == (0, NOBODY, date(2026, 7, 8))
    assert not ticket.late(date(2027, 1, 1))
    (before,) = now(home, date(2026, 7, 7))
    assert before.open == 2, "as it was known then"


def test_the_workbook_is_understood_whatever_its_name_says_and_in_english(home):
    june = send_claims(home, month())
    answer = returned(home, june, [(42, claim(41))], "en", sign="")
    assert (answer.status, answer.kind) == ("accepted", "correction")
    assert answer.flags == (), "our own columns are not unknown ones"
    assert len(known(home)) == 41, "five rows do not replace the month"
    assert now(home)[0].right == {"42"}


def test_a_row_declared_void_needs_nothing_more_and_counts_for_nothing(home):
    june = send_claims(home, month())
    answer = returned(home, june, [(42, claim(41)), (43, claim(42))], void=(43,))
    assert answer.reasons == {"void": 1}
    (ticket,) = now(home)
    assert (ticket.right, ticket.void, ticket.open) == ({"42"}, {"43"}, 1)
    assert len(known(home)) == 41


def test_a_file_of_void_rows_alone_closes_them_too(home):
    june = send_claims(home, month(1))
    answer = returned(home, june, [(42, claim(41))], void=(42,))
    assert (answer.status, answer.accepted) == ("rejected", 0)
    (ticket,) = now(home)
    assert (ticket.void, ticket.open) == ({"42"}, 0)


def test_row_numbers_that_never_were_refused_close_nothing(home):
    june = send_claims(home, month())
    named = [(42, claim(41)), (43, claim(42)), (7, claim(43))]
    assert returned(home, june, named).accepted == 3
    assert now(home)[0].right == {"42", "43"}


def test_rows_of_another_month_close_nothing(home):
    june = send_claims(home, month())
    send_claims(home, claims(101, 140, month=7), period="202607", day="20260728")
    other = returned(home, june, [(42, claim(41))], day="20260729", period="202607")
    assert other.answers == {}
    assert now(home, date(2026, 7, 31))[0].open == 3


def test_an_undone_answer_opens_its_rows_again(home):
    from data.deliveries.decisions import undo

    june = send_claims(home, month())
    answer = returned(home, june, [(42, claim(41))])
    undo(home, CLAIMS, answer.batch, date(2026, 7, 9))
    assert now(home, date(2026, 7, 8))[0].open == 2
    assert now(home, date(2026, 7, 9))[0].open == 3


def test_the_departments_own_supplement_puts_right_by_the_key_of_the_row(home):
    send_claims(home, month())
    late = send_claims(home, [claim(41), claim(42, settled_on="")], "-补报", day="20260706")
    assert late.quarantined == 1
    (ticket,) = now(home)
    assert (ticket.right, ticket.open) == ({"42"}, 2), "row 43 came again, still wrong"


def test_a_whole_month_sent_again_takes_the_ticket_with_it(home):
    june = send_claims(home, month())
    again = send_claims(home, [*claims(1, 42, self_paid=1), *month()[-1:]], day="20260705")
    assert (again.status, again.kind) == ("accepted", "full")
    old, new = now(home)
    assert (old.batch.batch, old.open, old.right, old.replaced) == (june.batch, 0, {"42", "43"}, 1)
    assert (new.batch.batch, new.rows, new.open) == (again.batch, 1, 1), "what is wrong stays asked"


def test_a_file_with_no_good_row_has_a_ticket_that_its_workbook_closes(home):
    june = send_claims(home, month()[-2:])
    assert june.status == "rejected"
    answer = returned(home, june, [(2, claim(42)), (3, claim(43))])
    assert answer.status == "accepted"
    (ticket,) = now(home)
    assert (ticket.right, ticket.open) == ({"2", "3"}, 0)


def test_no_plain_number_of_a_refused_row_is_kept_beside_the_lake(home):
    june = send_claims(home, month())
    returned(home, june, [(42, claim(41))])
    written = (home.lake / "manifest.json").read_text(encoding="utf-8")
    assert '"right": ["42"]' in written
    assert "J00041" not in written
    assert claim(41)["id_number"] not in written


def test_row_numbers_are_kept_in_few_words_and_read_again():
    rows = ["3", "7", "8", "9", "东镇!4", "东镇!5", "a-b!1"]
    assert spans(rows) == ["3", "7-9", "a-b!1", "东镇!4-5"]
    assert sorted(each(spans(rows))) == sorted(rows)


def test_our_columns_are_known_in_both_languages_and_are_no_departments():
    for text in COLUMNS.values():
        assert list(ours([text.zh])) == list(ours([text.en]))
        for feed in ("medical_claims", "population_register", "housing", "deaths"):
            assert not load_contract(feed).match_headers([text.zh, text.en])
