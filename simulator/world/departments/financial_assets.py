"""金融资产: what institutions answer about families that apply or whose year of help is over.

Only who signed a consent is asked. Each institution answers by itself, 3 to 15 days later or much
later, for a day of its own; an account held together is told with its whole amount to both.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import tables
from simulator.world.books import household_numbers
from simulator.world.clock import Frame, month_day, month_text
from simulator.world.departments.desk import Desk
from simulator.world.departments.faults import trouble
from simulator.world.luck import Luck
from simulator.world.names import padded
from simulator.world.settings import SETTINGS

VILLAGE_BANK, OTHER_BANK, PAYMENT, SECURITIES, INSURER = range(5)
INSTITUTION = np.array(["银行", "银行", "支付机构", "证券公司", "保险公司"])
NOTHING, DEPOSIT, WEALTH, BOND, STOCK, FUND, PAYING, POLICY = range(8)
KIND = np.array(["无", "存款", "理财产品", "债券", "股票", "基金", "支付余额", "保险"])
HOLDER, JOINT_HOLDER, BENEFICIARY = range(3)
ROLE = np.array(["持有人", "共同持有人", "受益人"])
CONSENT_DAYS = 365
JOINT = 0.12  # of couples hold an account together (assumed)
# How a family's savings spread over what its members hold: mean weight of each institution.
WEIGHT = np.array([1.0, 0.6, 0.03, 0.5, 0.0])
Accounts = dict[str, np.ndarray]  # person, where, kind, role, number, amount: a row an account


def observe(desk: Desk) -> list[Frame]:
    """Answers to what was asked this month, due when each came."""
    if desk.month < desk.state.first:
        return []
    homes = asked(desk)
    if not len(homes):
        return []
    members = np.zeros(len(desk.state.h.n), bool)
    members[homes] = True
    adults = np.flatnonzero(tables.grown(desk.state, 18, 120) & members[desk.state.p.hh])
    return [_answers(desk, _held(desk, adults))]


def asked(desk: Desk) -> np.ndarray:
    """Households asked about this month: all on a roll at first, those decided upon, and every
    year each family that is still helped."""
    h = desk.state.h
    lasting = (h.roll > 0) & (h.roll != c.EMERGENCY) & (h.n > 0)
    wanted = lasting & (desk.stock | ((desk.month - h.roll_since) % 12 == 0))
    roll = desk.now.log.get("roll")
    if roll is not None:
        decided = np.isin(roll["event"], (c.START, c.REFUSED))
        wanted[roll["household"][decided]] = True
    return np.flatnonzero(wanted & (h.n > 0))


def _held(desk: Desk, adults: np.ndarray) -> Accounts:
    """Every account of these people, and the institutions that hold nothing for them."""
    state, p, luck = desk.state, desk.state.p, Luck(desk.state.seed, 0, "accounts of money")
    keys, age, hh = p.key[adults], state.age()[adults], p.hh[adults]
    rich = tables.standing(state)[hh]
    has = np.stack(
        [
            luck.random(keys) < 0.94,
            luck.random(keys) < 0.25 + 0.35 * rich,
            luck.random(keys) < np.where(age < 60, 0.85, 0.25),
            luck.random(keys) < 0.12 * rich**2,
            luck.random(keys) < 0.05 + 0.2 * rich,
        ]
    )
    where, at = np.nonzero(has)
    held = {"person": adults[at], "where": where, "role": np.zeros(len(at), "i8")}
    pick = luck.random(_account_keys(p.key[held["person"]], where))
    held["kind"] = np.select(
        [where == VILLAGE_BANK, where == OTHER_BANK, where == PAYMENT, where == SECURITIES],
        [
            np.full(len(at), DEPOSIT),
            np.where(pick < 0.3, WEALTH, DEPOSIT),
            np.full(len(at), PAYING),
            np.select([pick < 0.5, pick < 0.85], [STOCK, FUND], BOND),
        ],
        POLICY,
    )
    held["amount"] = _spread(desk, held, luck)
    held["number"] = held["person"].astype("i8") * 5 + where
    held = _together(desk, held, luck)
    return _with_nothing(held, adults, has)


def _account_keys(persons: np.ndarray, where: np.ndarray) -> np.ndarray:
    return persons * np.uint64(8) + where.astype("u8")


def _spread(desk: Desk, held: Accounts, luck: Luck) -> np.ndarray:
    """Amounts that add up to what each family has put by; policies stand beside that."""
    h, p = desk.state.h, desk.state.p
    keys, hh = _account_keys(p.key[held["person"]], held["where"]), p.hh[held["person"]]
    weight = WEIGHT[held["where"]] * luck.gamma(keys, 0.8, 1.0)
    whole = np.bincount(hh, weights=weight, minlength=len(h.n))[hh]
    amount = h.savings[hh] * weight / np.maximum(whole, 1e-9)
    # Nobody's account is quite empty: small change moves through it.
    amount = amount + np.where(WEIGHT[held["where"]] > 0, luck.uniform(keys, 0, 120), 0)
    policy = luck.lognormal(keys, np.log(14_000), 0.8)
    return np.round(np.minimum(np.where(held["kind"] == POLICY, policy, amount), 9.9e6), 2)


def _together(desk: Desk, held: Accounts, luck: Luck) -> Accounts:
    """Second rows of accounts held by a couple, and of policies' beneficiaries."""
    state, p = desk.state, desk.state.p
    partner = tables.spouse(state)[p.hh[held["person"]]]
    head = (p.relation[held["person"]] == c.HEAD) & (partner >= 0)
    joint = head & (held["where"] == VILLAGE_BANK)
    joint &= luck.random(p.key[held["person"]]) < JOINT
    full = luck.random(p.key[held["person"]]) < SETTINGS[state.setting].rate("joint_in_full")
    half = joint & ~full
    held["amount"] = np.where(half, np.round(held["amount"] / 2, 2), held["amount"])
    benefits = head & (held["kind"] == POLICY)
    held["in_full"] = joint & full
    again = np.flatnonzero(joint | benefits)
    second = {name: column[again] for name, column in held.items()}
    second["person"] = partner[again]
    second["role"] = np.where(benefits[again], BENEFICIARY, JOINT_HOLDER)
    return {name: np.concatenate([column, second[name]]) for name, column in held.items()}


def _with_nothing(held: Accounts, adults: np.ndarray, has: np.ndarray) -> Accounts:
    """Banks and securities firms say so when they hold nothing; others say nothing then."""
    bank = ~(has[VILLAGE_BANK] | has[OTHER_BANK])
    where = np.r_[np.full(bank.sum(), VILLAGE_BANK), np.full((~has[SECURITIES]).sum(), SECURITIES)]
    size = len(where)
    none = {
        "person": np.r_[adults[bank], adults[~has[SECURITIES]]],
        "where": where,
        "role": np.zeros(size, "i8"),
        "kind": np.full(size, NOTHING),
        "amount": np.zeros(size),
        "number": np.full(size, -1),
        "in_full": np.zeros(size, bool),
    }
    return {name: np.concatenate([column, none[name]]) for name, column in held.items()}


def _answers(desk: Desk, held: Accounts) -> Frame:
    """Each institution's answer about a family: when asked, when told, for which day."""
    state, p, setting = desk.state, desk.state.p, SETTINGS[desk.state.setting]
    hh = p.hh[held["person"]]
    homes = state.h.key[hh]
    ask = desk.now.luck("asked")
    asked_on = month_day(desk.month, ask.integers(homes, 1, 15))
    # One institution answers about one family on one day.
    each, luck = _account_keys(homes, held["where"]), desk.now.luck("answers")
    late = luck.random(each) < setting.rate("answered_late")
    usual = luck.integers(each, 3, 13)
    wait = np.where(late, luck.integers(each, 35, 90), usual)
    answered_on = asked_on + wait.astype("timedelta64[D]")
    back = np.minimum(luck.integers(each, 0, 9), wait)
    balance_on = answered_on - back.astype("timedelta64[D]")
    expired = luck.random(each) < setting.rate("consent_expired")
    until = asked_on + np.timedelta64(CONSENT_DAYS, "D")
    ended = answered_on - luck.integers(each, 1, 60).astype("timedelta64[D]")
    until = np.where(expired, ended, until)
    number = np.char.add("ZH", padded(np.maximum(held["number"], 0), 9))
    consent = np.char.add(f"SQ{month_text(desk.month).replace('-', '')}", household_numbers(hh))
    # What comes after the 27th is in the next delivery.
    due = (answered_on + np.timedelta64(4, "D")).astype("datetime64[M]").astype("i8") + 1970 * 12
    frame = desk.people(held["person"]) | {
        "consent_no": consent,
        "consent_until": until,
        "institution": INSTITUTION[held["where"]],
        "account_no": np.where(held["number"] < 0, "", number),
        "kind": KIND[held["kind"]],
        "role": np.where(held["kind"] == NOTHING, "", ROLE[held["role"]]),
        "amount": held["amount"],
        "asked_on": asked_on,
        "answered_on": answered_on,
        "balance_on": balance_on,
        "due": due,
    }
    frame |= trouble("joint_in_full", "amount", held["in_full"], "与配偶共有")
    frame |= trouble("consent_expired", "consent_until", expired, "授权已过期")
    return frame | trouble("answered_late", "answered_on", late, "15 日内应反馈")
