"""What people own: plausible by group, the same from month to month, and moving nobody's life."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.home import Home
from data.contracts import all_feeds, load_contract
from simulator.study.planted import KNOWN, UNDETECTABLE
from simulator.world import assets, simulate
from simulator.world import codes as c
from simulator.world.assets import accounts, homes, listings, vehicles
from simulator.world.departments.offices import offices
from simulator.world.settings import ASSUMED, RATES, SETTINGS, Setting
from simulator.world.state import State, load

from .conftest import contents
from .means import FEEDS, rows_of

pytestmark = pytest.mark.slow

DECISIONS = Path(__file__).parents[3] / "docs" / "decisions"
TOLD_IN = (
    "0064-what-people-own.md",
    "0066-supporters-outside.md",
    "0068-the-last-feeds.md",
)


@pytest.fixture(scope="module")
def owning(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """1,200 households, 13 deliveries up to 2025-12."""
    home = Home(tmp_path_factory.mktemp("owning"))
    simulate(home, households=1200, months=13, seed=5, end="2025-12", save_every=12)
    return home


@pytest.fixture(scope="module")
def state(owning: Home) -> State:
    return load(owning.truth / "states" / "2025-12.npz")


def sealed(home: Home) -> list[dict]:
    return pq.read_table(home.truth / "planted_errors.parquet").to_pylist()


def test_what_people_own_moves_nobodys_life_and_no_other_file(
    county: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The county with things, and one in which nobody owns any: the ten feeds are the same."""
    monkeypatch.setattr(assets, "move", lambda now: None)
    bare = Home(tmp_path)
    simulate(bare, households=400, months=7, seed=11, end="2025-12", save_every=3)
    names = [n for f in FEEDS for n in load_contract(f).file_names]

    def ten(home: Home) -> dict[str, bytes]:
        files = contents(home).items()
        return {p: b for p, b in files if Path(p).name.split("_")[0] not in names}

    assert ten(county) == ten(bare)
    lives, same = (load(h.truth / "states" / "2025-12.npz") for h in (county, bare))
    for name in lives.h:
        assert np.array_equal(lives.h[name], same.h[name]), name
    for name in lives.p:
        assert np.array_equal(lives.p[name], same.p[name]), name
    assert len(ten(county)) > 40
    assert len(contents(county)) > len(ten(county)) + 20


def test_the_files_go_on_from_a_saved_month_as_if_never_stopped(
    county: Home, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    simulate(home, households=400, months=4, seed=11, end="2025-09")
    simulate(home, from_state=home.truth / "states" / "2025-09.npz", end="2025-12")
    assert contents(home) == contents(county)


def share(own: np.ndarray, among: np.ndarray) -> float:
    return float(own[among].mean())


def test_cars_are_rare_but_not_unknown_among_assisted_families(state: State) -> None:
    """Published: 55.9 cars per hundred households in towns and 40.0 in the country (2023)."""
    h, things = state.h, state.things["vehicle"]
    cars = (things.kind == vehicles.CAR) & (things.state == vehicles.NORMAL)
    count = np.bincount(state.p.hh[things.owner[cars]], minlength=len(h.n))
    lives, helped = h.n > 0, h.roll > 0
    assert 0.45 < count[lives & h.urban].mean() < 0.68
    assert 0.32 < count[lives & ~h.urban].mean() < 0.52
    assert 0.02 < share(count > 0, lives & helped) < 0.25
    assert share(count > 0, lives & ~helped) > 2 * share(count > 0, lives & helped)


def test_second_homes_go_with_means(state: State) -> None:
    h, things = state.h, state.things["title"]
    home = (things.state == homes.CURRENT) & ~things.twice
    home &= np.isin(things.use, (homes.HOME, homes.RURAL_HOME))
    pairs = np.unique(np.stack([state.p.hh[things.owner[home]], things.number[home]]), axis=1)
    count = np.bincount(pairs[0], minlength=len(h.n))
    lives, helped = h.n > 0, h.roll > 0
    assert 0.08 < share(count > 1, lives) < 0.25
    assert share(count > 1, lives & ~helped) > 2 * share(count > 1, lives & helped)
    assert 0.85 < share(count > 0, lives) < 0.96


def test_firms_are_as_many_as_in_the_country_at_large(state: State) -> None:
    """Published: 88 sole traders on a thousand people at the end of 2023."""
    firms, people = state.things["firm"], (state.p.alive & state.p.here).sum()
    sole = ((firms.kind == 0) & (firms.state == 0)).sum() / people * 1000
    companies = ((firms.kind == 1) & (firms.state == 0)).sum() / people * 1000
    assert 55 < sole < 110
    assert 6 < companies < 30
    assert share(firms.dead, firms.state == 0) > 0.02


def test_accounts_follow_work(state: State) -> None:
    """Nobody without a job pays as an employee, and nobody's account is paid twice over."""
    p, things = state.p, state.things["account"]
    paying = (things.state == accounts.PAYING) & ~things.elsewhere
    firm = np.isin(p.work, (c.FORMAL, c.FLEXIBLE, c.PUBLIC_POST))
    own = paying & (things.kind == accounts.EMPLOYEE) & ~things.second
    assert firm[things.owner[own]].all()
    pays = state.present() & (p.pension_kind == c.NO_PENSION)
    assert firm[pays].sum() == own.sum()
    funds = paying & (things.kind == accounts.FUND)
    assert 0.2 < funds.sum() / np.isin(p.work, (c.FORMAL, c.PUBLIC)).sum() < 0.55
    for kind in range(6):
        mine = (things.kind == kind) & ~things.second & ~things.elsewhere
        assert len(np.unique(things.owner[mine])) == mine.sum(), kind
    assert (things.balance >= 0).all()


def test_a_vehicle_leaves_the_register_once_and_after_it_was_on_it(owning: Home) -> None:
    state_of: dict[str, str] = {}
    first = {r["plate"] for r in rows_of(owning, "vehicles") if r["month"] == "2024-12"}
    new = 0
    for row in rows_of(owning, "vehicles"):
        plate, said = row["plate"], row["state"]
        before = state_of.get(plate)
        if before is None:
            # Off the register within the quarter it was bought in, at most.
            new += plate not in first
            assert said == "正常" or plate not in first, row
        elif before != "正常":
            # Told twice by a double row only.
            assert said == before, row
        state_of[plate] = said
    assert new > 10
    assert Counter(state_of.values())["正常"] > 0.85 * len(first)


def test_the_register_of_vehicles_is_what_its_changes_make_of_it(
    owning: Home, state: State
) -> None:
    """All rows told, the last one of each plate counting, are the state of the last month."""
    told = {r["plate"]: r["state"] for r in rows_of(owning, "vehicles")}
    things = state.things["vehicle"]
    assert len(told) == len(things.kind)
    truth = Counter(vehicles.STATE[things.state].tolist())
    assert Counter(told.values()) == truth


def test_every_account_told_later_was_there_or_is_new(owning: Home) -> None:
    """Balances of a paid fund never shrink from one statement to the next."""
    last: dict[str, float] = {}
    for row in rows_of(owning, "housing_fund"):
        if row["state"] == "正常" and row["balance"]:
            balance = float(row["balance"])
            assert balance >= last.get(row["account_no"], 0) - 0.01, row
            last[row["account_no"]] = balance
    assert len(last) > 80


def test_joint_owners_and_shareholders_have_rows_of_their_own(owning: Home) -> None:
    owners = Counter(
        (r["certificate_no"], r["registered_on"])
        for r in {
            (r["certificate_no"], r["registered_on"], r["name"]): r
            for r in rows_of(owning, "real_estate")
            if r["shared"] != "单独所有"
        }.values()
    )
    # A co-owner may have been lost with a row that was cut; nearly all come in pairs.
    assert sum(n == 2 for n in owners.values()) > 0.97 * len(owners)
    behind = Counter(r["credit_no"] for r in rows_of(owning, "firms") if r["role"] == "股东")
    assert max(behind.values()) >= 2
    roles = {r["role"] for r in rows_of(owning, "firms")}
    assert {"经营者", "法定代表人", "股东"} <= roles


def test_nobody_is_asked_about_without_a_consent_and_answers_come_apart(owning: Home) -> None:
    rows = list(rows_of(owning, "financial_assets"))
    assert len(rows) > 500
    assert all(r["consent_no"] and r["consent_until"] for r in rows)
    days = {(r["consent_no"], r["institution"]): set() for r in rows}
    for row in rows:
        days[row["consent_no"], row["institution"]].add(row["balance_on"])
    by_consent: dict[str, set[str]] = {}
    for (consent, _), when in days.items():
        by_consent.setdefault(consent, set()).update(when)
    assert np.mean([len(when) > 1 for when in by_consent.values()]) > 0.5
    assert "无" in {r["kind"] for r in rows}


def test_each_kind_of_trouble_is_planted_and_judged_or_known_to_be_unseen(owning: Home) -> None:
    kinds = {e["kind"] for e in sealed(owning)}
    rare = {"identity_misused", "nominee", "dead_owner", "listed_by_register"}
    rare |= {"found_not_cancelled", "court_divorce", "arrears_paid_in_part", "paid_to_holder"}
    rare |= {"refused_unasked", "insured_outside"}
    assert set(RATES) - kinds <= rare
    assert set(RATES) <= {*KNOWN, *UNDETECTABLE}


def test_planted_troubles_stand_in_the_row_they_are_noted_for(owning: Home) -> None:
    at = {(r["file"], int(r["row"])): r for feed in FEEDS for r in rows_of(owning, feed)}
    noted = [e for e in sealed(owning) if e["kind"] in RATES and e["row"] > 0]
    noted = [e for e in noted if e["feed"] in FEEDS]
    assert len(noted) > 400
    for error in noted:
        row = at[error["file"], error["row"]]
        if error["kind"] == "no_price":
            assert row["value"] == ""
        elif error["kind"] == "sold_not_transferred":
            assert row["state"] == "正常"
        elif error["kind"] == "shareholder_without_id":
            assert row["id_number"] == ""
            assert row["role"] in ("股东", "成员")
        elif error["kind"] == "tricycle_as_car":
            assert row["kind"] == "小型汽车"
        elif error["kind"] == "sealed_as_paid":
            assert row["state"] == "正常"


def test_what_was_never_registered_is_in_no_file(owning: Home) -> None:
    lost = {e["was"] for e in sealed(owning) if e["kind"] == "rural_home_missing"}
    told = {r["certificate_no"] for r in rows_of(owning, "real_estate")}
    assert len(lost) > 100
    assert not lost & told


def test_a_rate_of_the_settings_is_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = {"no_price": 1.0, "tricycle_as_car": 0.0, "rural_home_missing": 0.0}
    monkeypatch.setitem(SETTINGS, "odd", Setting("odd", rates=changed))
    home = Home(tmp_path)
    simulate(home, households=200, months=1, seed=3, end="2025-06", setting="odd")
    kinds = Counter(e["kind"] for e in sealed(home))
    rows = list(rows_of(home, "vehicles"))
    assert not any(r["value"] for r in rows)
    assert not kinds["tricycle_as_car"]
    assert not kinds["rural_home_missing"]
    assert SETTINGS["odd"].rate("nominee") == RATES["nominee"].share
    assert SETTINGS["poor_data"].rate("nominee") == 2 * RATES["nominee"].share


def test_the_decision_tells_every_rate_and_where_it_is_from() -> None:
    text = "\n".join((DECISIONS / name).read_text(encoding="utf-8") for name in TOLD_IN)
    for kind, rate in RATES.items():
        said = "assumed" if rate.source == ASSUMED else rate.source
        line = f"| `{kind}` | {rate.share:g} | {rate.of} | {said} |"
        assert line in text, line


def test_every_office_belongs_to_a_feed() -> None:
    told = {one.feed for early in (True, False) for one in offices(before_help=early)}
    # A visit hands in its members' rows too.
    assert told | {"home_visit_members"} == set(all_feeds())


def test_listed_diseases_end_with_a_later_date_than_they_begin(owning: Home, state: State) -> None:
    rows = list(rows_of(owning, "listed_diseases"))
    ill = (state.p.health > 0) & state.present()
    assert 0.3 < len({r["id_number"] for r in rows}) / ill.sum() < 1.0
    assert {"新增认定", "续期", "取消"} == {r["event"] for r in rows}
    things = state.things["listing"]
    open_ = things.event != listings.ENDED
    assert len(np.unique(things.owner[open_])) == open_.sum()
    assert (things.until[open_ & state.p.alive[things.owner]] > state.month).all()


def test_the_watch_list_names_the_family_of_the_register(owning: Home, state: State) -> None:
    """Published: 6.2 million of some 480 million rural people were watched in 2023 (1.3 %)."""
    things, h, p = state.things["watch"], state.h, state.p
    watched = np.zeros(len(h.n), bool)
    watched[things.hh[~things.over]] = True
    assert not watched[h.urban & (h.roll != c.MONITORED)].any()
    rural = state.present() & ~h.urban[p.hh]
    assert 0.002 < watched[p.hh[rural]].mean() < 0.04
    told = Counter(r["event"] for r in rows_of(owning, "rural_watch"))
    assert told["在监测"] > told["纳入"] > 0
    assert told["风险消除"] > 0


def test_the_public_payroll_is_who_works_for_public_bodies(owning: Home, state: State) -> None:
    last: dict[str, str] = {}
    for row in rows_of(owning, "public_payroll"):
        last[row["id_number"]] = row["on_payroll"]
    paid = sum(said == "是" for said in last.values())
    truth = (state.things["account"].kind == accounts.PUBLIC) & ~state.things["account"].second
    on = truth & np.isin(state.things["account"].state, (accounts.PAYING, accounts.DRAWING))
    assert paid == pytest.approx(on.sum(), rel=0.05)
    blank = [not r["pay"] for r in rows_of(owning, "public_payroll") if r["on_payroll"] == "是"]
    assert np.mean(blank) == pytest.approx(RATES["only_yes"].share, abs=0.12)
