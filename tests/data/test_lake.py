"""The lake as it was known on any day, and what an interrupted ingest leaves behind."""

from __future__ import annotations

from datetime import date

import pytest

from data import manifest
from data.backends import connect
from data.ingest import IngestError, folders, ingest_directory, publish, run, taking
from data.lake import Lake
from tests.data.offices import claim, csv_bytes, post

pytestmark = pytest.mark.slow

JUNE_28, JUNE_30, JULY_31 = date(2026, 6, 28), date(2026, 6, 30), date(2026, 7, 31)


@pytest.fixture(scope="module")
def con():
    return connect()


def deliver(home, rows, period="202606", day="20260628"):
    post(home.incoming, "medical_claims", csv_bytes("medical_claims", rows), period, day)
    return ingest_directory(home, home.incoming)


def costs(home, con, as_of=None):
    table = Lake(home).table(con, "medical_claims", as_of)
    return sorted(table.total_cost.to_pyarrow().to_pylist())


def test_a_feed_that_never_delivered_is_absent_not_empty(home, con):
    assert Lake(home).table(con, "medical_claims", JUNE_30) is None
    assert not Lake(home).present("medical_claims")
    assert Lake(home).last_delivery("medical_claims") is None
    deliver(home, [claim(1)])
    assert Lake(home).table(con, "medical_claims", date(2026, 6, 27)) is None
    assert Lake(home).present("medical_claims", JUNE_28)
    assert Lake(home).last_delivery("medical_claims", JUNE_30) == JUNE_28


def test_the_empty_table_has_the_same_columns_as_a_full_one(home, con):
    deliver(home, [claim(1)])
    lake = Lake(home)
    assert lake.empty("medical_claims").schema() == lake.schema("medical_claims")
    assert lake.table(con, "medical_claims").schema() == lake.schema("medical_claims")
    assert con.execute(lake.empty("medical_claims").count()) == 0


def test_a_correction_counts_from_its_delivery_and_the_past_can_be_replayed(home, con):
    deliver(home, [claim(n, total_cost=10 * n) for n in (1, 2, 3, 4)])
    deliver(home, [claim(n, total_cost=10 * n + 1) for n in (1, 2, 3)], day="20260715")
    assert costs(home, con, JUNE_30) == [10, 20, 30, 40]
    assert costs(home, con, JULY_31) == [11, 21, 31]
    assert costs(home, con) == [11, 21, 31]
    first, second = Lake(home).batches()
    assert (first.superseded_by, second.superseded_by) == (second.batch, None)


def test_a_correction_that_arrives_before_its_predecessor_is_taken_in_still_wins(home, con):
    deliver(home, [claim(1, total_cost=11)], day="20260715")
    deliver(home, [claim(1, total_cost=10)], day="20260628")
    assert costs(home, con, JUNE_30) == [10]
    assert costs(home, con) == [11]


def test_periods_add_up(home, con):
    deliver(home, [claim(1, total_cost=10)])
    deliver(home, [claim(2, total_cost=20)], period="202607", day="20260728")
    assert costs(home, con, JUNE_30) == [10]
    assert costs(home, con, JULY_31) == [10, 20]


def test_an_older_batch_lacks_a_new_column_as_unknown(home, con, monkeypatch):
    deliver(home, [claim(1)])
    wider = Lake(home).schema("medical_claims") | {"added_later": "float64"}
    import ibis

    monkeypatch.setattr("data.lake.lake_schema", lambda feed: ibis.schema(wider))
    table = Lake(home).table(con, "medical_claims", JUNE_30)
    assert table.added_later.to_pyarrow().to_pylist() == [None]


def test_a_lake_object_sees_a_delivery_made_after_it_was_built(home):
    lake = Lake(home)
    assert lake.batches() == []
    deliver(home, [claim(1)])
    assert len(lake.batches()) == 1


STEPS = [
    (taking.Taking, "keep_refused"),
    (taking.Taking, "keep_news"),
    (taking.Taking, "publish"),
    (run, "write_manifest"),
]


@pytest.mark.parametrize(("where", "step"), STEPS, ids=[step for _, step in STEPS])
def test_an_ingest_that_dies_half_way_leaves_the_old_state_readable(
    home, con, monkeypatch, where, step
):
    deliver(home, [claim(1, total_cost=10)])
    before = (home.lake / "manifest.json").read_bytes()

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(where, step, die)
    with pytest.raises(KeyboardInterrupt):
        deliver(home, [claim(1, total_cost=11), claim(2, visit_type="?")], day="20260715")
    assert (home.lake / "manifest.json").read_bytes() == before
    assert costs(home, con) == [10]
    monkeypatch.undo()
    ingest_directory(home, home.incoming)
    assert costs(home, con) == [11]
    assert not list(home.lake.glob("*/.aside/*"))


def test_dying_while_writing_leaves_nothing_half_written(home, con, monkeypatch):
    deliver(home, [claim(1, total_cost=10)])

    def half(aside, checked):
        (aside.folder / "part-0.parquet").write_bytes(b"PAR1")
        raise KeyboardInterrupt

    monkeypatch.setattr(publish.Aside, "add", half)
    with pytest.raises(KeyboardInterrupt):
        deliver(home, [claim(1, total_cost=11)], day="20260715")
    assert costs(home, con) == [10]
    assert len(list(home.lake.glob("medical_claims/batch=*"))) == 1
    monkeypatch.undo()
    ingest_directory(home, home.incoming)
    assert costs(home, con) == [11]


def test_only_one_ingest_runs_at_a_time(home):
    deliver(home, [claim(1)])
    with folders.alone(home), pytest.raises(IngestError, match="another ingest is running"):
        ingest_directory(home, home.incoming)


def test_the_manifest_reads_back_as_it_was_written(home, tmp_path):
    deliver(home, [claim(1), claim(2, visit_type="?")])
    (home.incoming / "notes.txt").write_text("x", encoding="utf-8")
    ingest_directory(home, home.incoming)
    told = manifest.read_manifest(home.lake / "manifest.json")
    assert len(told.unrecognised) == 1
    manifest.write_manifest(tmp_path / "manifest.json", told)
    assert (tmp_path / "manifest.json").read_bytes() == (home.lake / "manifest.json").read_bytes()


def told(home, feed, *periods, day=28, accepted=100):
    """A manifest that holds one good batch for each period, delivered within its month."""
    batches = [
        manifest.Batch(
            feed,
            f"{feed}-{period}-{number}",
            period,
            date(int(period[:4]), int(period[4:]), day),
            f"{period}.csv",
            "0" * 64,
            received=size,
            accepted=size,
        )
        for number, (period, size) in enumerate(
            (p, accepted) if isinstance(p, str) else p for p in periods
        )
    ]
    home.lake.mkdir(parents=True, exist_ok=True)
    manifest.write_manifest(home.lake / "manifest.json", manifest.Manifest(tuple(batches)))
    return Lake(home)


def test_a_monthly_feed_may_miss_two_deliveries_and_is_silent_after_the_third(home):
    lake = told(home, "medical_claims", "202602", "202603")
    silent = [lake.silent_since("medical_claims", date(2026, m, 28)) for m in (3, 4, 5, 6, 7)]
    assert silent == [None, None, None, date(2026, 3, 31), date(2026, 3, 31)]


def test_a_feed_never_delivered_is_not_silent_but_absent(home):
    assert told(home, "medical_claims", "202603").silent_since("employment", JUNE_30) is None


def test_what_was_delivered_later_does_not_end_the_silence_of_that_day(home):
    lake = told(home, "medical_claims", "202601", "202606")
    assert lake.silent_since("medical_claims", date(2026, 5, 31)) == date(2026, 1, 31)
    assert lake.silent_since("medical_claims", JUNE_30) is None


def test_an_old_month_delivered_again_makes_no_feed_fresh(home):
    lake = told(home, "medical_claims", "202601")
    late = manifest.Batch("medical_claims", "late", "202601", date(2026, 6, 20), "x.csv", "1" * 64)
    known = lake.manifest().batches
    manifest.write_manifest(home.lake / "manifest.json", manifest.Manifest((*known, late)))
    assert Lake(home).silent_since("medical_claims", JUNE_30) == date(2026, 1, 31)


def test_corrections_are_no_new_school_roll(home):
    lake = told(home, "school_rolls", ("202509", 28_000), ("202603", 20), ("202604", 12))
    assert lake.silent_since("school_rolls", date(2026, 4, 30)) is None
    assert lake.silent_since("school_rolls", date(2026, 5, 31)) == date(2025, 9, 30)
