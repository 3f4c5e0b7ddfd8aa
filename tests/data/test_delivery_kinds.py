"""Ordinary habits of offices: what each file means for its month, and what waits for a person."""

from __future__ import annotations

from datetime import date

import pytest

from data.backends import connect
from data.lake import Lake
from data.manifest import Batch
from tests.data.offices import claim, csv_bytes, death, number
from tests.data.sending import claims, deliver, known, send, send_claims

pytestmark = pytest.mark.slow

JUNE_30, JULY_10, JULY_31 = date(2026, 6, 30), date(2026, 7, 10), date(2026, 7, 31)


def told(batch: Batch) -> tuple[str, str, str]:
    return batch.status, batch.kind, batch.doubt


def test_a_supplement_adds_to_the_month_instead_of_replacing_it(home):
    send_claims(home, claims(1, 80))
    late = send_claims(home, claims(81, 85), "-补报", day="20260705")
    assert told(late) == ("accepted", "supplement", "")
    assert len(known(home, JUNE_30)) == 80
    assert len(known(home)) == 85


def test_five_rows_without_a_word_never_replace_eighty_but_wait(home):
    send_claims(home, claims(1, 80))
    late = send_claims(home, claims(81, 85), day="20260705")
    assert told(late) == ("waiting", "supplement", "smaller")
    assert "would replace 80 rows by 5 (0 of them" in late.message_en
    assert "将以 5 行替换现有 80 行" in late.message_zh
    assert len(known(home)) == 80


def test_two_parts_make_one_month_and_a_part_sent_again_replaces_itself(home):
    for sign, rows in (("_1", claims(1, 40)), ("_2", claims(41, 80))):
        assert told(send_claims(home, rows, sign)) == ("accepted", "part", "")
    assert len(known(home)) == 80
    send_claims(home, claims(41, 78, total_cost=7), "_2", day="20260702")
    assert len(known(home)) == 78
    assert known(home)["J00041"] == 7
    assert len(known(home, JUNE_30)) == 80


def test_a_file_a_township_is_a_part_each(home):
    for town, rows in (("东镇", claims(1, 40)), ("西镇", claims(41, 80))):
        assert told(send_claims(home, rows, f"（{town}）"))[:2] == ("accepted", "part")
    assert len(known(home)) == 80


def test_a_second_part_whose_first_had_no_number_adds_too(home):
    send_claims(home, claims(1, 40))
    assert told(send_claims(home, claims(41, 80), "_2"))[:2] == ("accepted", "part")
    assert len(known(home)) == 80


def test_the_same_rows_under_two_part_numbers_wait(home):
    send_claims(home, claims(1, 40), "_1")
    other = claims(1, 40, self_paid=1)
    assert told(send_claims(home, other, "_2")) == ("waiting", "part", "name_or_content")


def test_a_correction_replaces_the_rows_whose_numbers_it_repeats(home):
    send_claims(home, claims(1, 80))
    mended = send_claims(home, claims(3, 4, total_cost=999), "-更正", day="20260705")
    assert told(mended) == ("accepted", "correction", "")
    assert known(home, JUNE_30)["J00003"] == 3
    now = known(home)
    assert (len(now), now["J00003"], now["J00004"], now["J00005"]) == (80, 999, 999, 5)


def test_a_correction_of_what_is_not_there_waits(home):
    send_claims(home, claims(1, 80))
    assert told(send_claims(home, claims(90, 95), "-更正"))[::2] == ("waiting", "name_or_content")


def test_a_whole_month_over_again_replaces_it(home):
    send_claims(home, claims(1, 80))
    again = send_claims(home, claims(1, 78, self_paid=1), day="20260705")
    assert told(again) == ("accepted", "full", "")
    assert len(known(home)) == 78
    assert len(known(home, JUNE_30)) == 80


def test_as_many_rows_of_others_wait_instead_of_replacing(home):
    send_claims(home, claims(1, 80))
    other = send_claims(home, claims(81, 160), day="20260705")
    assert told(other) == ("waiting", "supplement", "other_rows")
    assert len(known(home)) == 80


def test_the_same_content_in_another_dress_changes_nothing(home):
    send_claims(home, claims(1, 80))
    again = send_claims(
        home, [c | {"name": f" {c['name']} "} for c in claims(1, 80)], day="20260705"
    )
    assert (again.status, again.accepted, again.duplicates) == ("repeat", 0, 80)
    assert set(Lake(home).table(connect(), "medical_claims").batch.to_pyarrow().to_pylist()) == {
        Lake(home).batches()[0].batch
    }


def test_a_supplement_that_changes_rows_is_no_supplement(home):
    send_claims(home, claims(1, 80))
    late = send_claims(home, claims(1, 5, total_cost=9), "-补报", day="20260705")
    assert told(late) == ("waiting", "supplement", "name_or_content")


def test_the_same_rows_under_another_month_wait_and_count_once(home):
    send_claims(home, claims(1, 80, 5), period="202605", day="20260528")
    again = send_claims(home, claims(1, 79, 5) + claims(81, 81))
    assert told(again)[::2] == ("waiting", "other_period")
    assert "repeats 79 of its 80 rows from 2026-05" in again.message_en
    assert len(known(home)) == 80


def test_a_settlement_number_counts_once_in_whatever_month_it_comes_again(home):
    send_claims(home, claims(1, 80, month=5), period="202605", day="20260528")
    june = send_claims(home, [*claims(1, 5, month=5), *claims(101, 180)])
    assert (june.status, june.accepted, june.duplicates) == ("accepted", 80, 5)
    assert june.received == june.accepted + june.quarantined + june.duplicates
    assert len(known(home)) == 160


def test_a_reversal_is_a_settlement_of_its_own(home):
    send_claims(home, claims(1, 80))
    back = claim(500, settlement_no="J00001C", reversal_of="J00001", total_cost=-1, self_paid=-1)
    assert told(send_claims(home, [back], "-补报"))[0] == "accepted"
    assert sum(known(home).values()) == sum(range(1, 81)) - 1


def test_one_number_with_two_amounts_in_one_file_sends_both_rows_back(home):
    rows = [*claims(1, 20), claim(7, total_cost=70, settled_on="2026-06-03")]
    batch = send_claims(home, rows)
    assert batch.reasons == {"key_conflict": 2}
    assert "J00007" not in known(home)
    twice = send_claims(
        home, [*claims(31, 50, 7), *claims(31, 31, 7)], period="202607", day="20260728"
    )
    assert (twice.quarantined, twice.duplicates) == (0, 1)


def test_a_feed_on_hold_waits_until_somebody_confirms_its_fall(home):
    for month, first in enumerate((1000, 2000, 3000, 4000), start=1):
        period = f"2026{month:02d}"
        send_claims(home, claims(first, first + 199, month), period=period, day=f"{period}28")
    fallen = send_claims(home, claims(5000, 5099, 5), period="202605", day="20260528")
    assert told(fallen) == ("waiting", "full", "fallen")
    assert "100 rows, where about 200 are usual" in fallen.message_en
    whole = send_claims(home, claims(5000, 5199, 5), period="202605", day="20260628")
    assert whole.status == "accepted"
    waiting = next(b for b in Lake(home).batches() if b.batch == fallen.batch)
    assert not waiting.waits, "the whole file makes the cut one idle"


def test_an_empty_month_is_news_where_nothing_came_and_a_mistake_where_something_did(home):
    header = csv_bytes("deaths", [death(1)]).splitlines(keepends=True)[0]
    first = deliver(home, "死亡殡葬_202605_20260528-零报告.csv", header).batches[0]
    assert told(first) == ("accepted", "empty_month", "")
    send(home, "死亡殡葬_202606_20260628.csv", [death(1)], "deaths")
    second = deliver(home, "死亡殡葬_202606_20260629.csv", header).batches[0]
    assert second.status == "rejected"
    assert Lake(home).table(connect(), "deaths").count().execute() == 1


@pytest.mark.parametrize(
    ("name", "doubt", "period"),
    [
        ("医保结算_202606_20620628.csv", "delivery_ahead", "202606"),
        ("医保结算_202607_20260628.csv", "period_ahead", "202607"),
        ("医保结算_000005_20260628.csv", "period_impossible", "202606"),
    ],
)
def test_a_name_that_cannot_be_right_waits(home, name, doubt, period):
    send_claims(home, claims(1, 20, 5), period="202605", day="20260528")
    report = send(home, name, claims(21, 40))
    batch = report.batches[0]
    assert (batch.status, batch.doubt, batch.period) == ("waiting", doubt, period)
    assert batch.delivered_on.year < 2030
    assert len(known(home)) == 20
    assert send(home, name, claims(21, 40)).batches == (), "it is known the second time"


def test_rows_without_a_key_are_told_apart_by_what_they_say(home):
    def month(first: int, last: int, amount: int = 100):
        return [
            {
                "id_number": number(n),
                "name": "某",
                "record_type": "职工缴费",
                "amount": amount,
                "started_on": "2026-06-01",
            }
            for n in range(first, last + 1)
        ]

    name = "社保就业失业_202606_20260628{}.csv"
    send(home, name.format(""), month(1, 80), "employment")
    extra = send(home, name.format("-补报"), month(78, 84), "employment").batches[0]
    assert told(extra) == ("accepted", "supplement", "")
    rows = Lake(home).table(connect(), "employment")
    assert rows.count().execute() == 84, "what came twice in the same words counts once"
    mended = send(home, name.format("-更正"), month(1, 3, 200), "employment").batches[0]
    assert told(mended)[::2] == ("waiting", "no_key")


def test_a_supplement_ahead_of_its_month_is_kept_when_the_month_comes(home):
    send_claims(home, claims(81, 85), "-补报")
    whole = send_claims(home, claims(1, 80), day="20260702")
    assert told(whole) == ("accepted", "full", "")
    assert len(known(home)) == 85
