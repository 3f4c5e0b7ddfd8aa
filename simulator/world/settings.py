"""Kinds of county to simulate, so that conclusions can be checked in more than one world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ASSUMED = "assumed"


@dataclass(frozen=True)
class Rate:
    """How often a department's file is wrong in one way: a share `of` something, and where the
    figure is from (`assumed` when nobody has published one)."""

    share: float
    of: str
    source: str = ASSUMED


# What goes wrong in the files about means, by kind of trouble. Mistakes in identity numbers, and
# those of whole files, stand in `departments.faults`.
RATES: dict[str, Rate] = {
    "second_account": Rate(0.012, "people with an account of old-age insurance"),
    "insured_elsewhere": Rate(0.15, "people who work away and pay into no account here"),
    "wrong_scheme": Rate(0.006, "accounts of old-age insurance"),
    "identity_misused": Rate(0.0015, "adults who do not work"),
    "filed_and_registered": Rate(0.06, "homes bought in the last fifteen years"),
    "rural_home_missing": Rate(0.45, "rural homes"),
    "dead_owner": Rate(0.97, "titles of the dead, from one month to the next"),
    "old_number": Rate(0.03, "owners of real estate born before 1985"),
    "dead_firm": Rate(0.22, "firms that stopped trading"),
    "nominee": Rate(0.02, "companies and cooperatives"),
    "shareholder_without_id": Rate(0.02, "shareholders and members"),
    "sealed_as_paid": Rate(0.04, "sealed accounts"),
    "sold_not_transferred": Rate(0.12, "vehicles sold"),
    "no_price": Rate(0.3, "vehicles"),
    "tricycle_as_car": Rate(0.05, "tricycles"),
    "joint_in_full": Rate(1.0, "accounts held together"),
    "consent_expired": Rate(0.01, "answers of institutions"),
    "answered_late": Rate(0.08, "answers of institutions"),
    "listed_as_other": Rate(0.07, "listed diseases"),
    "listed_by_register": Rate(0.8, "people registered with a watched family who left it"),
    "only_yes": Rate(0.25, "people on the public payroll"),
    "payer_not_user": Rate(0.12, "accounts of power, water, gas and telecommunications"),
    "account_of_the_dead": Rate(0.4, "accounts of families whose head died"),
    "shared_meter": Rate(0.04, "rural families and families in a home that is not theirs"),
    "paid_to_holder": Rate(0.06, "insurers' payments for others than the head of the family"),
    "insured_outside": Rate(0.15, "insurers' payments"),
    "refused_unasked": Rate(0.05, "offers of a job without an answer"),
    "found_not_cancelled": Rate(0.3, "missing people found again"),
    "married_elsewhere": Rate(0.25, "weddings with somebody from outside"),
    "court_divorce": Rate(0.35, "divorces"),
    "arrears_paid_in_part": Rate(0.15, "wage claims that are never settled in full"),
    "supporter_without_id": Rate(0.4, "supporters who live outside the county"),
    "supporter_left_out": Rate(0.12, "supporters outside a family that is asked"),
    "paid_left_blank": Rate(0.2, "supporters outside a family that is asked"),
    "income_told_low": Rate(0.3, "incomes that supporters declared"),
    "consent_out_of_date": Rate(0.03, "consents of supporters"),
}


# How households change, by kind. Nothing of it happens unless a county is asked to have it
# (`simulate(..., households_change=True)`). No register office publishes such figures.
CHANGES: dict[str, Rate] = {
    "split": Rate(0.3, "grown children and divorced spouses who leave: they stay in the county"),
    "split_wed": Rate(0.4, "grown children who found a household: they marry as they do"),
    "elders_apart": Rate(0.001, "homes where a couple of parents lives with a child, a month"),
    "merge": Rate(0.008, "lone people of 70 and more with relatives who help, a month"),
    "renumber": Rate(0.001, "households, a month: a new book under a new number"),
    "village": Rate(0.0015, "villages, a month: merged, all their households get new numbers"),
    "reuse": Rate(0.3, "households founded: get a number that stood empty in their township"),
    "no_head": Rate(0.25, "deaths of heads that the register knows: nobody is head for months"),
}


def changes(asked: bool | Mapping[str, float]) -> dict[str, float]:
    """How often each kind of CHANGES happens: as assumed, never, or as asked (a kind that is not
    named never does). Raises ValueError for an unknown kind or a share outside 0 to 1."""
    if isinstance(asked, bool):
        return {kind: rate.share for kind, rate in CHANGES.items()} if asked else {}
    for kind, share in asked.items():
        if kind not in CHANGES:
            raise ValueError(f"no change of households '{kind}'; known are {', '.join(CHANGES)}")
        if not 0 <= share <= 1:
            raise ValueError(f"the share of '{kind}' must be from 0 to 1, not {share}")
    return dict(asked)


@dataclass(frozen=True)
class Setting:
    """What differs between worlds; 1.0 means as in the normal county.

    `slump` is the depth of an economic slump (log points of pay) that starts 20 months into
    the deliveries; `reporting` scales how well townships and departments report; `rates` puts
    other shares in the place of those in RATES.
    """

    name: str
    swing: float = 1.0
    slump: float = 0.0
    job_loss: float = 1.0
    reporting: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)

    def rate(self, kind: str) -> float:
        """How often one kind of trouble of RATES happens here, 0 to 1."""
        return self.rates.get(kind, RATES[kind].share)


# Where data are poor, every trouble but those that happen anyway is twice as frequent.
POOR = {kind: min(2 * rate.share, 0.95) for kind, rate in RATES.items() if rate.share < 0.5}
SETTINGS = {
    s.name: s
    for s in (
        Setting("normal"),
        Setting("calm", swing=0.3, job_loss=0.7),
        Setting("recession", slump=0.2, job_loss=1.6),
        Setting("poor_data", reporting=0.6, rates=POOR),
    )
}
