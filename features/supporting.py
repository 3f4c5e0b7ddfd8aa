"""What supporters outside a household are taken to pay, with the means of their own households.

A supporter who lives in the county is found by their person; their household's income, as it is
known before any support is counted, is looked at only while their consent holds (社会救助法
art. 41). Of all others the income they declared counts, or nothing is known. The terms are those of
the place where the supported household lives, since its bureau decides; S is that of where the
supporter lives (decision 0063). An income that is not known leaves the amount between two bounds.
"""

from __future__ import annotations

from typing import Any

import ibis

from data.support_duty import Supporter, between
from features.combined.income_told import EARNER_INCOMES
from features.engine.assemble import Frame
from features.engine.cut import cut
from features.engine.sources import Beyond

# 特困人员认定办法: from 70, and with a severe disability, only who has an income of D is able; on
# Dibao nobody is from 60.
ADULT, OLD, OLD_ON_DIBAO = 18, 70, 60
CLASSES = ("dibao", "tekun", "edge", "rigid")
OF_PERSONS = ("severely_disabled", "in_custody")
OF_HOMES = (
    *("income_before_support_low", "income_before_support_high", "income_heads"),
    *(f"on_{name}" for name in CLASSES),
)
COLUMNS = (
    *(("outside", "boolean"), ("able", "boolean"), ("assisted", "boolean")),
    *(("least", "float64"), ("most", "float64")),
)


def _no(value: Any) -> Any:
    return value.fill_null(False)


def resolved(events: Any, frame: Frame, persons: Any, homes: Any) -> Any:
    """Records of living supporters with `outside` (of another household), `able`, `assisted`, and
    the bounds `least` and `most` of what each counts for, yuan a month."""
    kept = list(events.columns)
    rows = _with_kin(_without_the_dead(_with_own(events, homes), frame), persons, homes)
    rows = _with_standards(rows, frame)
    rows = rows.mutate(**_means(rows))
    rows = rows.mutate(**_who(rows), **_amounts(rows, frame))
    return rows.select(*kept, *(name for name, _ in COLUMNS))


BEYOND = Beyond(COLUMNS, (*OF_PERSONS, *OF_HOMES), resolved)


def _with_own(events: Any, homes: Any) -> Any:
    """The place of the household that is supported, and its D."""
    place = ibis.coalesce(homes.village_code, homes.township_code, homes.county_code)
    own = homes.select(own_home="household", own_place=place, own_D="D")
    return events.left_join(own, events.household == own.own_home)


def _without_the_dead(events: Any, frame: Frame) -> Any:
    """A household that died out is not among the households, so its dead are asked for apart."""
    dead = []
    if (deaths := frame.feeds.table("deaths")) is not None:
        dead.append(cut(deaths, frame.as_of).select("person"))
    if (register := frame.feeds.table("population_register")) is not None:
        struck = cut(register, frame.as_of, rows=lambda r: r.change_type == "death_cancelled")
        dead.append(struck.select("person"))
    for died in dead:
        gone = died.distinct()
        events = events.anti_join(gone, events.person_supporter == gone.person)
    return events


def _with_kin(events: Any, persons: Any, homes: Any) -> Any:
    """The supporter, where the register knows them, and their household."""
    of_kin = {f"kin_{name}": name for name in OF_PERSONS}
    kin = persons.select(kin_person="person", kin_home="household", kin_age="age", **of_kin)
    events = events.left_join(kin, events.person_supporter == kin.kin_person)
    of_home = {f"kin_{name}": name for name in OF_HOMES}
    means = homes.select(lives_in="household", kin_S="S", kin_D="D", **of_home)
    return events.left_join(means, events.kin_home == means.lives_in)


def _with_standards(events: Any, frame: Frame) -> Any:
    """S and D of the region a supporter is said to live in; null where nobody has told them."""
    inner_first = sorted(frame.regions, key=lambda code: (-len(code), code))
    if frame.standards is None or not inner_first:
        unknown = ibis.null("float64")
        return events.mutate(there_S=unknown, there_D=unknown)
    place = ibis.cases(*((events.region_code.startswith(code), code) for code in inner_first))
    events = events.mutate(there=place)
    on = ibis.literal(frame.as_of)
    now = frame.standards.filter(frame.standards.since <= on, frame.standards.until > on)
    now = now.select(there_of="county_code", there_side="urban_rural", there_S="S", there_D="D")
    same = [events.there == now.there_of, events.urban_rural == now.there_side]
    return events.left_join(now, same)


def _means(k: Any) -> dict[str, Any]:
    """Whether the supporter's household may be looked at, and between what its income lies."""
    consented = _no(k.consent_until >= k.as_of)
    looked = consented & k.lives_in.notnull()
    low = k.kin_income_before_support_low / k.kin_income_heads
    high = k.kin_income_before_support_high / k.kin_income_heads
    known = looked.ifelse((low == high).ifelse(low, None), k.income_head)
    years = ((k.as_of.epoch_days() - k.happened_on.epoch_days()) / 365.25).floor()
    told = k.supporter_age + years.cast("int64")
    return {
        "looked": looked,
        "income": known,
        "poorest": ibis.coalesce(known, looked.ifelse(low, None), 0.0),
        "richest": ibis.coalesce(known, looked.ifelse(high, None), k.own_D * EARNER_INCOMES / 12),
        "years": ibis.coalesce(k.kin_age, told),
        "S_there": ibis.coalesce(k.kin_S, k.there_S),
        "D_there": ibis.coalesce(k.kin_D, k.there_D, k.own_D),
    }


def _who(k: Any) -> dict[str, Any]:
    """Whether the record names somebody of another household, who is able, and who is helped."""
    destitute = _no(k.kin_on_tekun) | (_no(k.kin_on_dibao) & (k.years >= OLD_ON_DIBAO))
    cannot = k.looked & (destitute | _no(k.kin_in_custody))
    weak = (k.years >= OLD) | (k.looked & _no(k.kin_severely_disabled))
    enough = ibis.cases((k.poorest * 12 >= k.D_there, True), (k.richest * 12 < k.D_there, False))
    able = ibis.cases(
        (k.years.isnull(), ibis.null("boolean")),
        ((k.years < ADULT) | cannot, False),
        (weak, enough),
        else_=True,
    )
    helped = _no(k.kin_on_dibao)
    for name in CLASSES[1:]:
        helped = helped | _no(k[f"kin_on_{name}"])
    return {
        "outside": ~_no(k.kin_home == k.household),
        "able": able,
        "assisted": k.looked.ifelse(helped, None),
    }


def _amounts(k: Any, frame: Frame) -> dict[str, Any]:
    """What the supporter counts for, by the terms of the place where the supported live."""
    one = Supporter(
        age=k.years,
        income=k.income,
        standard=k.S_there,
        children=k.sharing,
        supported=k.supports,
        paid=k.paid_month,
        agreed=k.agreed_month,
    )
    found = [(code, between(one, k.poorest, k.richest, terms)) for code, terms in frame.terms]
    if not found:
        return {"least": ibis.null("float64"), "most": ibis.null("float64")}
    return {
        name: ibis.cases(*((_no(k.own_place.startswith(code)), ends[at]) for code, ends in found))
        for at, name in enumerate(("least", "most"))
    }
