"""户外赡养义务人: whom families that apply, or are reviewed, name as owing their elders support.

The world keeps for each household what relatives outside send (`tie`), not who they are. Who they
are is settled here, by luck of its own that belongs to the household: how many children live
elsewhere, which of them live in the county (then one of its people, of the age of a child), and
how they share what is sent. Life knows nothing of it, so a seed's other files do not depend on it.
Shares without a source are assumed.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import NO_DATE, Desk
from simulator.world.departments.faults import missing, trouble
from simulator.world.departments.financial_assets import asked
from simulator.world.geography import township_code
from simulator.world.luck import Luck
from simulator.world.money import growth
from simulator.world.names import check_character, padded
from simulator.world.settings import SETTINGS, Setting

MOST = 5  # children elsewhere that one household names
WITH_TIES = (0.4, 0.35, 0.17, 0.08)  # one to four, where relatives send something
WITHOUT = (0.6, 0.3, 0.1)  # none to two, where nobody does
IN_COUNTY, SENDS_NOTHING, JUDGED = 0.35, 0.3, 0.05
CONSENTS, DECLARES = 0.6, 0.55
TRIES = 12  # people looked at for a child of the right age
APART = (18, 42)  # years between an elder and a child
CONSENT_DAYS = np.timedelta64(365, "D")
# Places outside the county: codes that no region has.
ELSEWHERE = np.array(["990100", "990500", "990800"])
TOWN_CODES = np.array([township_code(t) for t in range(12)])
Table = dict[str, np.ndarray]


def observe(desk: Desk) -> list[Frame]:
    """One row for each supporter and elder of the families asked this month."""
    if desk.month < desk.state.first:
        return []
    elders = _elders(desk, asked(desk))
    if not len(elders):
        return []
    kin = _kin(desk, elders)
    return [_rows(desk, _told(desk, kin), elders)] if len(kin["home"]) else []


def _elders(desk: Desk, homes: np.ndarray) -> np.ndarray:
    """The oldest generation of 60 and more in these households."""
    state, p = desk.state, desk.state.p
    wanted = np.zeros(len(state.h.n), bool)
    wanted[homes] = True
    old = state.present() & (state.age() >= 60) & wanted[p.hh]
    parents = state.count(old & (p.relation == c.PARENT)) > 0
    of_head = np.isin(p.relation, (c.HEAD, c.SPOUSE)) & ~parents[p.hh]
    return np.flatnonzero(old & ((p.relation == c.PARENT) | of_head))


def _kin(desk: Desk, elders: np.ndarray) -> Table:
    """A row a supporter: the household it supports, which child it is, and who it is."""
    state, h, p = desk.state, desk.state.h, desk.state.p
    homes, first = np.unique(p.hh[elders], return_index=True)
    luck = Luck(state.seed, 0, "children elsewhere")
    many = luck.choice(h.key[homes], range(1, 5), p=WITH_TIES)
    few = luck.choice(h.key[homes], range(3), p=WITHOUT)
    number = np.where(h.tie[homes] > 0, many, few)
    at = np.repeat(np.arange(len(homes)), number)
    child = np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number)
    home, elder = homes[at], elders[first][at]
    keys = h.key[home] * np.uint64(8) + child.astype("u8")
    old = np.bincount(p.hh[elders], minlength=len(h.n))[home]
    grown = state.present() & (state.age() >= 18)
    # The elders' children at home: the head's, or the head where the elders are the parents.
    parents = p.relation[elder] == c.PARENT
    inside = np.where(
        parents,
        state.count(grown & np.isin(p.relation, (c.HEAD, c.SIBLING)))[home],
        state.count(grown & (p.relation == c.CHILD))[home],
    )
    kin = {"home": home, "elder": elder, "keys": keys, "child": child, "elders": old}
    kin |= {"sharing": number[at] + inside, "person": _people(desk, elder, keys)}
    return kin | _money(desk, kin, at)


def _people(desk: Desk, elder: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Rows of those who live in the county; -1 for those who live elsewhere.

    Everybody has a place on a ring that never changes: the first from a child's own place on who
    could be the elder's child is the one, this year and the next.
    """
    state, p = desk.state, desk.state.p
    luck = Luck(state.seed, 0, "whose child")
    local, start = luck.random(keys) < IN_COUNTY, luck.random(keys)
    place = Luck(state.seed, 0, "ring of children").random(p.key)
    ring = np.argsort(place, kind="stable")
    at, age = np.searchsorted(place[ring], start), state.age()
    found = np.full(len(keys), -1, "i8")
    for step in range(TRIES):
        one = ring[(at + step) % len(ring)]
        apart = age[elder] - age[one]
        fits = (apart >= APART[0]) & (apart <= APART[1]) & (p.hh[one] != p.hh[elder])
        found = np.where(local & (found < 0) & fits, one, found)
    # Who died or left the county since is no longer among those who live in it.
    return np.where((found >= 0) & ~state.present()[found], -2, found)


def _money(desk: Desk, kin: Table, at: np.ndarray) -> Table:
    """What each sends for one elder, a month, and what a judgment or agreement says."""
    state, h = desk.state, desk.state.h
    luck = Luck(state.seed, 0, "what children send")
    weight = luck.gamma(kin["keys"], 1.5, 1.0)
    weight = np.where(luck.random(kin["keys"]) < SENDS_NOTHING, 0.0, weight)
    whole = np.bincount(at, weights=weight, minlength=at.max(initial=0) + 1)[at]
    share = np.where(whole > 0, weight / np.maximum(whole, 1e-9), 0.0)
    sent = h.tie[kin["home"]] * growth(state, desk.month) * share / kin["elders"]
    judged = luck.random(kin["keys"]) < JUDGED
    agreed = np.round(np.maximum(sent, 150) * 1.5, -1)
    return {"paid": np.round(sent, -1), "agreed": np.where(judged, agreed, np.nan)}


def _told(desk: Desk, kin: Table) -> Table:
    """What the family's form says of each supporter; those who died are not written down."""
    kin = {name: values[kin["person"] > -2] for name, values in kin.items()}
    state, p, h = desk.state, desk.state.p, desk.state.h
    keys, luck = kin["keys"], Luck(state.seed, 0, "what is told of children")
    here = kin["person"] >= 0
    own, age = np.maximum(kin["person"], 0), state.age()
    far = age[kin["elder"]] - luck.integers(keys, 20, 41)
    income = np.where(
        here,
        h.smooth[p.hh[own]] / np.maximum(h.n[p.hh[own]], 1),
        luck.lognormal(keys, np.log(2_600), 0.55) * growth(state, desk.month),
    )
    declared = luck.random(keys) < DECLARES
    urban = np.where(here, h.urban[p.hh[own]], luck.random(keys) < 0.7)
    far_code = ELSEWHERE[luck.integers(keys, 0, len(ELSEWHERE))]
    return kin | {
        "here": here,
        "own": own,
        "age": np.where(here, age[own], far),
        "income": np.where(declared, np.round(income, -1), np.nan),
        "urban": urban,
        "region": np.where(here, TOWN_CODES[h.town[p.hh[own]]], far_code),
        "number": _numbers(far_code, age[kin["elder"]] - far, p.born[kin["elder"]], keys),
        "consented": luck.random(keys) < CONSENTS,
    }


def _numbers(
    region: np.ndarray, years: np.ndarray, born: np.ndarray, keys: np.ndarray
) -> np.ndarray:
    """Identity numbers of those who live elsewhere: of no region, born so long after the elder."""
    born_on = born.astype("datetime64[D]") + (years * 365.25).astype("timedelta64[D]")
    days = np.char.replace(born_on.astype("U10"), "-", "")
    order = padded((keys % np.uint64(997)).astype("i8"), 3)
    first17 = np.char.add(np.char.add(region, days), order)
    return np.char.add(first17, check_character(first17))


def _rows(desk: Desk, kin: Table, elders: np.ndarray) -> Frame:
    """A row for each supporter and elder, with what is wrong on the form."""
    p, setting = desk.state.p, SETTINGS[desk.state.setting]
    at = np.concatenate([np.full(n, i) for i, n in enumerate(kin["elders"])] or [np.empty(0, int)])
    at = at.astype("i8")
    each = {name: values[at] for name, values in kin.items()}
    by_home = np.argsort(p.hh[elders], kind="stable")
    starts = np.searchsorted(p.hh[elders][by_home], kin["home"])
    nth = np.arange(len(at)) - np.repeat(np.cumsum(kin["elders"]) - kin["elders"], kin["elders"])
    person = elders[by_home][starts[at] + nth]
    on = month_day(desk.month, desk.now.luck("asked after children").integers(each["home"], 1, 15))
    frame = desk.people(person) | {
        "record_no": np.char.add("YW", padded(each["home"] * 8 + each["child"], 9)),
        "supporter_name": np.where(each["here"], desk.papers.names[each["own"]], ""),
        "relation": np.full(len(at), "子女"),
        "supporter_age": each["age"],
        "region_code": each["region"],
        "urban_rural": np.where(each["urban"], "城镇", "农村"),
        "sharing": each["sharing"],
        "supports": each["elders"],
        "agreed_month": each["agreed"],
        "from_on": on,
        "until_on": np.full(len(at), NO_DATE),
        "due": np.full(len(at), desk.month),
    }
    return frame | _wrong(desk, each, on, setting)


def _wrong(desk: Desk, each: Table, on: np.ndarray, setting: Setting) -> Frame:
    """The columns in which something may be wrong, and the sealed list of it.

    A supporter and elder have the same luck in every form.
    """
    keys, luck = each["keys"], Luck(desk.state.seed, 0, "troubles with children")
    number = np.where(each["here"], desk.papers.ids[each["own"]], each["number"])
    no_number = ~each["here"] & (luck.random(keys) < setting.rate("supporter_without_id"))
    blank = luck.random(keys) < setting.rate("paid_left_blank")
    low = (luck.random(keys) < setting.rate("income_told_low")) & ~np.isnan(each["income"])
    old = each["consented"] & (luck.random(keys) < setting.rate("consent_out_of_date"))
    out = luck.random(keys) < setting.rate("supporter_left_out")
    until = np.where(each["consented"], on + CONSENT_DAYS, NO_DATE)
    until = np.where(old, on - np.timedelta64(30, "D"), until)
    consent = np.char.add("SYSQ", padded(each["home"] * 8 + each["child"], 9))
    frame = {
        "supporter_id": np.where(no_number, "", number),
        "consent_no": np.where(each["consented"], consent, ""),
        "consent_until": until,
        "income_head": np.where(low, np.round(each["income"] * 0.5, -1), each["income"]),
        "paid_month": np.where(blank, np.nan, each["paid"]),
    }
    frame |= trouble("supporter_without_id", "supporter_id", no_number, number)
    frame |= trouble("paid_left_blank", "paid_month", blank, each["paid"].astype("U12"))
    frame |= trouble("income_told_low", "income_head", low, each["income"].astype("U12"))
    frame |= trouble("consent_out_of_date", "consent_until", old, "授权已过期")
    return frame | missing("supporter_left_out", out, number)
