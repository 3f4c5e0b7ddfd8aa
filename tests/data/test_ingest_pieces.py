"""A file taken in piece by piece is the file taken in whole; a stop on the way leaves no trace."""

from __future__ import annotations

import random
from functools import partial

import pyarrow.parquet as pq
import pytest

from core.home import Home
from data.ingest import ingest_directory, run, taking
from data.ingest.seen import Hasher, Repeats, Seen
from data.lake import Lake
from data.quarantine import quarantined
from data.readers.stream import open_table
from data.vault import Vault
from tests.data.offices import certificate, claim, csv_bytes, death, post, resident
from tests.data.vaults import everything

pytestmark = pytest.mark.slow


def household_heads(home):
    return sorted(Vault(home).heads())


def register(seed: int) -> list[dict]:
    """People of few households, each with several heads, names, addresses: every row a quarrel."""
    luck = random.Random(seed)  # noqa: S311 - invented people
    rows = [
        resident(
            luck.randrange(90),
            name=luck.choice(["李试", '王"五', "赵\\六", "", None]),
            household_no=f"H{luck.randrange(6)}",
            living_household_no=luck.choice([None, f"H{luck.randrange(6)}"]),
            relation=luck.choice(["户主", "户主", "子女", "配偶"]),
            phone=luck.choice(["13800001234", "13900001234", None]),
            address=luck.choice(["柳湾村1号", "柳湾村2号", None, "无"]),
            changed_on=luck.choice([*(f"2026-{seed:02d}-{day:02d}" for day in range(1, 25)), "?"]),
        )
        for _ in range(200)
    ]
    return rows + rows[:40]


def settlements(seed: int) -> list[dict]:
    luck = random.Random(seed)  # noqa: S311 - invented people
    return [
        claim(luck.randrange(60), total_cost=luck.choice(["1200", "1200", "x"]))
        | {"name": None}  # of who is who by name see test_apart
        | {"settlement_no": f"J{luck.randrange(900):03d}", "settled_on": f"2026-{seed:02d}-03"}
        for _ in range(150)
    ]


def offices(home: Home) -> None:
    for month in (5, 6):
        period, day, on = f"2026{month:02d}", f"2026{month:02d}28", f"2026-{month:02d}-02"
        for feed, rows in (
            ("population_register", register(month)),
            ("medical_claims", settlements(month)),
            (
                "deaths",
                [death(n, name=None, certificate_no=f"S{n % 7}", died_on=on) for n in range(20)],
            ),
            (
                "disability_certificates",
                [certificate(n % 9 + 1, name=None, issued_on=on) for n in range(20)],
            ),
        ):
            post(home.incoming, feed, csv_bytes(feed, rows), period, day)


def state(home: Home) -> dict:
    """All that an ingest leaves, opened."""
    batches = Lake(home).batches()
    lake = {
        b.batch: pq.read_table(
            home.lake / b.feed / f"batch={b.batch}" / "part-0.parquet"
        ).to_pylist()
        for b in batches
        if b.readable
    }
    refused = {
        b.batch: quarantined(home, b.feed, b.batch).to_pylist() for b in batches if b.quarantined
    }
    return {
        "manifest": [b.to_dict() for b in batches],
        "lake": lake,
        "refused": refused,
        "vault": everything(home),
        "heads": household_heads(home),
        "marks": sorted(Vault(home).marks()),
    }


@pytest.fixture
def one_key(tmp_path, monkeypatch):
    """All homes of a test share a key, so that their pseudonyms are the same."""
    monkeypatch.setenv("DOUDI_VAULT_KEY", "1:" + "ab" * 32)


def test_in_pieces_and_whole_are_the_same(tmp_path, one_key, monkeypatch):
    whole, pieces = Home(tmp_path / "whole"), Home(tmp_path / "pieces")
    for home in (whole, pieces):
        offices(home)
    ingest_directory(whole, whole.incoming)
    monkeypatch.setattr(run, "open_table", partial(open_table, rows=7))
    ingest_directory(pieces, pieces.incoming)
    one, other = state(whole), state(pieces)
    for part in one:
        assert one[part] == other[part], part
    told = {b["feed"]: b for b in one["manifest"]}
    assert told["population_register"]["duplicates"] > 10
    assert told["population_register"]["quarantined"] > 10


def test_rows_of_one_number_that_differ_are_all_refused_however_far_apart(
    home, incoming, monkeypatch, lake_rows
):
    rows = [claim(n, settlement_no=f"J{n}") for n in range(30)]
    rows += [claim(3, settlement_no="J3", total_cost="99"), claim(4, settlement_no="J4")]
    post(incoming, "medical_claims", csv_bytes("medical_claims", rows))
    monkeypatch.setattr(run, "open_table", partial(open_table, rows=7))
    batch = ingest_directory(home, home.incoming).batches[0]
    assert (batch.received, batch.duplicates) == (32, 1)
    assert batch.reasons == {"key_conflict": 2}
    back = quarantined(home, batch.feed, batch.batch)
    assert back["row_no"].to_pylist() == [5, 32]
    assert len(lake_rows("medical_claims")) == 29


STEPS = ["keep_refused", "keep_news", "publish"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_replay_ends_where_an_undisturbed_run_ends(tmp_path, one_key, monkeypatch, step, after):
    calm, stopped = Home(tmp_path / "calm"), Home(tmp_path / "stopped")
    for home in (calm, stopped):
        offices(home)
    ingest_directory(calm, calm.incoming)
    real, calls = getattr(taking.Taking, step), []

    def stop(self):
        calls.append(1)
        if len(calls) % 2:
            if after:
                real(self)
            raise KeyboardInterrupt
        real(self)

    monkeypatch.setattr(taking.Taking, step, stop)
    for _ in range(20):
        try:
            ingest_directory(stopped, stopped.incoming)
        except KeyboardInterrupt:
            continue
        break
    assert len(calls) > 8
    assert state(stopped) == state(calm)


def test_a_second_telling_of_a_delivery_says_nothing(home, each_database):
    offices(home)
    ingest_directory(home, home.incoming)
    before = household_heads(home), everything(home)
    manifest = home.lake / "manifest.json"
    kept = manifest.read_bytes()
    manifest.unlink()  # as if no delivery had been seen through
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.seals.read_manifest", lambda _: Lake(home).manifest())
        ingest_directory(home, home.incoming)
    assert manifest.read_bytes() == kept
    assert (household_heads(home), everything(home)) == before


def test_repeats_are_found_across_pieces_and_files_of_hashes(tmp_path, monkeypatch):
    monkeypatch.setattr("data.ingest.seen._IN_MEMORY", 50)
    import pyarrow as pa

    luck = random.Random(3)  # noqa: S311 - no secret
    hasher, repeats = Hasher(), Repeats(tmp_path)
    met: set[tuple] = set()
    for _ in range(40):
        rows = [(luck.choice("abcdefgh"), luck.choice([None, *range(60)])) for _ in range(25)]
        columns = [pa.array(c) for c in zip(*rows, strict=True)]
        first = repeats.first(*hasher.of(columns, [0, 1], [1, 0]))
        for row, is_first in zip(rows, first, strict=True):
            assert is_first == (row not in met)
            met.add(row)
    assert list(tmp_path.glob("*.npy"))


def test_what_was_seen_is_answered_rightly_or_forgotten(monkeypatch):
    import numpy as np

    seen = Seen()
    owners = np.arange(1, 100, dtype=np.uint64)
    assert not seen.same(owners).any()
    seen.note(owners, owners * np.uint64(3))
    assert seen.same(owners, owners * np.uint64(3)).all()
    assert not seen.same(owners, owners).any()
    clash = owners + np.uint64(1 << 20)
    assert not seen.same(clash).any()
    seen.note(clash)
    assert not seen.same(owners).any()
