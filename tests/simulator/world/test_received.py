"""Bills, payments, offers of jobs, marriages, hard-up workers and people out of contact."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.home import Home
from data.contracts import load_contract
from simulator.study.planted import UNDETECTABLE
from simulator.world import county as counties
from simulator.world import simulate
from simulator.world.departments import hard_up_workers, lost_contact
from simulator.world.departments.offices import offices
from simulator.world.settings import SETTINGS, Setting

from .conftest import contents
from .means import rows_of

pytestmark = pytest.mark.slow

NEW = (
    *("utilities", "compensation", "job_introductions"),
    *("lost_contact", "marriages", "hard_up_workers"),
)
TROUBLES = (
    *("payer_not_user", "account_of_the_dead", "shared_meter", "paid_to_holder"),
    *("insured_outside", "refused_unasked", "found_not_cancelled", "married_elsewhere"),
    *("court_divorce", "arrears_paid_in_part"),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """600 households, 15 deliveries up to 2025-12; what is rare is told more often."""
    home = Home(tmp_path_factory.mktemp("received"))
    often = dict.fromkeys(("refused_unasked", "found_not_cancelled", "paid_to_holder"), 0.5)
    with pytest.MonkeyPatch.context() as changed:
        changed.setitem(SETTINGS, "often", Setting("often", rates=often))
        changed.setattr(lost_contact, "REPORTED", 0.7)
        changed.setattr(hard_up_workers, "ON_ROLL", 0.05)
        simulate(home, 600, 15, seed=8, end="2025-12", save_every=15, setting="often")
    return home


def sealed(home: Home) -> list[dict]:
    return pq.read_table(home.truth / "planted_errors.parquet").to_pylist()


def test_these_offices_change_no_other_file(
    county: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        counties,
        "offices",
        lambda *, before_help: [o for o in offices(before_help=before_help) if o.feed not in NEW],
    )
    bare = Home(tmp_path)
    simulate(bare, households=400, months=7, seed=11, end="2025-12", save_every=3)
    names = [load_contract(feed).file_names[0] for feed in NEW]
    files = contents(county)
    others = {p: b for p, b in files.items() if Path(p).name.split("_")[0] not in names}
    assert others == contents(bare)
    assert len(files) > len(others) > 40


def test_a_family_has_one_account_of_a_kind_and_is_billed_every_half_year(told: Home) -> None:
    doubled = {(e["file"], int(e["row"])) for e in sealed(told) if e["kind"] == "duplicate_row"}
    bills = [r for r in rows_of(told, "utilities") if (r["file"], int(r["row"])) not in doubled]
    by_kind = Counter(r["kind"] for r in bills)
    assert by_kind["电费"] > by_kind["水费"] > by_kind["燃气费"] > 0
    first = min(r["file"] for r in bills)  # it holds the two half-years before it
    count = Counter((r["account_no"], r["file"]) for r in bills)
    assert {n for (_, file), n in count.items() if file != first} == {1}
    assert {n for (_, file), n in count.items() if file == first} <= {1, 2}
    assert all(float(r["amount"]) >= 0 for r in bills)
    assert all(r["user_id"] for r in bills)


def test_a_shared_meter_pays_for_two_and_the_guest_has_none(told: Home) -> None:
    rows = {(r["file"], r["row"]): r for r in rows_of(told, "utilities")}
    noted = [e for e in sealed(told) if e["kind"] == "shared_meter"]
    hidden = [rows[e["file"], str(int(e["row"]))] for e in noted]
    known = [r for r in rows.values() if r["sharers"] == "2"]
    assert hidden
    assert known
    assert all(not r["sharers"] and r["kind"] in ("电费", "水费") for r in hidden)
    power = defaultdict(list)
    for r in rows.values():
        power[r["kind"]].append(float(r["amount"]))
    mean = sum(power["电费"]) / len(power["电费"])
    shared = [float(r["amount"]) for r in [*hidden, *known] if r["kind"] == "电费"]
    assert sum(shared) / len(shared) > 1.2 * mean


def test_who_pays_is_sometimes_another_and_the_list_says_for_whom(told: Home) -> None:
    rows = {(r["file"], r["row"]): r for r in rows_of(told, "utilities")}
    noted = [e for e in sealed(told) if e["kind"] == "payer_not_user"]
    paid = [rows[e["file"], str(int(e["row"]))] for e in noted]
    assert len(paid) > 100
    assert all(r["payer_id"] and r["payer_name"] for r in paid)
    other = sum(r["payer_id"] != r["user_id"] for r in rows.values() if r["payer_id"])
    assert other >= len(paid)


def test_nobody_is_paid_before_the_bill_and_lump_sums_are_rare(told: Home) -> None:
    rows = list(rows_of(told, "compensation"))
    purposes = Counter(r["purpose"] for r in rows)
    assert purposes["医疗费用"] > 10
    assert 0 < purposes["征地拆迁"] + purposes["满期或退保"] < len(rows)
    assert all(float(r["amount"]) > 0 for r in rows)


def test_a_refusal_without_a_reason_is_one_nobody_spoke(told: Home) -> None:
    rows = {(r["file"], r["row"]): r for r in rows_of(told, "job_introductions")}
    noted = {
        (e["file"], str(int(e["row"]))) for e in sealed(told) if e["kind"] == "refused_unasked"
    }
    doubled = {
        (e["file"], str(int(e["row"]))) for e in sealed(told) if e["kind"] == "duplicate_row"
    }
    bare = {at for at, r in rows.items() if r["answer"] == "拒绝" and not r["reason"]}
    assert bare - doubled == noted - doubled
    assert {"录用", "拒绝", "单位未录用", "未反馈"} == {r["answer"] for r in rows.values()}


def test_what_ended_had_begun(told: Home) -> None:
    """Somebody found was sought, a claim settled was open, since the same day."""
    damaged = {e["written"] for e in sealed(told) if e["field"] == "id_number"}
    for feed, begun, over in (
        ("lost_contact", "未找到", "已找到"),
        ("hard_up_workers", "在册或未解决", "脱困或已解决"),
    ):
        rows = [r for r in rows_of(told, feed) if r["id_number"] not in damaged]
        first = {(r["name"], plain(r["since"])) for r in rows if r["state"] == begun}
        last = {(r["name"], plain(r["since"])) for r in rows if r["state"] == over}
        assert first, feed
        assert last <= first, feed


def plain(day: str) -> str:
    parts = day.split("/")
    return day.replace("-", "") if len(parts) == 1 else "".join(p.zfill(2) for p in parts)


def test_husband_and_wife_stand_in_their_own_columns(told: Home) -> None:
    rows = list(rows_of(told, "marriages"))
    assert len(rows) > 5
    assert {"结婚", "离婚"} == {r["event"] for r in rows}
    whole = [(r["husband_id"], r["wife_id"]) for r in rows]
    whole = [(h, w) for h, w in whole if h.isascii() and w.isascii() and len(h) == len(w) == 18]
    assert whole
    assert all(int(h[16]) % 2 == 1 and int(w[16]) % 2 == 0 for h, w in whole)


def test_numbers_in_roles_are_damaged_and_noted(told: Home) -> None:
    rows = {(r["file"], r["row"]): r for r in rows_of(told, "utilities")}
    noted = [e for e in sealed(told) if e["kind"] == "bad_checksum" and e["feed"] == "utilities"]
    assert {"user_id", "payer_id"} == {e["field"] for e in noted}
    for e in noted:
        assert rows[e["file"], str(int(e["row"]))][e["field"]] == e["written"]


def test_every_trouble_is_planted_and_known_to_be_unseen(told: Home) -> None:
    kinds = {e["kind"] for e in sealed(told)}
    rare = {"arrears_paid_in_part", "paid_to_holder"}
    assert set(TROUBLES) - kinds <= rare
    assert set(TROUBLES) <= set(UNDETECTABLE)
