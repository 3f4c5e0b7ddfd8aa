"""Operations that read: alerts, one household, precision, feeds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
from fastapi import APIRouter, Path, Query

import services
from api import cursors
from api.about import operation
from api.asking import AreaCode, Asked, Month, context, contexts
from api.gate import Call
from api.shapes import (
    AlertOfHousehold,
    AlertPage,
    AlertRow,
    Feed,
    Feeds,
    HouseholdCard,
    Member,
    Precision,
    Word,
    text_or_none,
)
from core.access.roles import Action
from services import Context, NothingYet, disclosure
from services.cases import Band, Source, State
from services.names import LOWER_BAND, Kind

MOST = 200
HOUSEHOLD = r"^h[0-9a-f]{20}$"
router = APIRouter()


@router.get(
    "/v1/alerts",
    **operation("list_alerts"),
)
def list_alerts(
    call: Asked,
    area: AreaCode = None,
    state: Annotated[list[State] | None, Query(description="状态 · states")] = None,
    band: Annotated[
        list[Band | Literal["lower"]] | None,
        Query(description="等级 · bands ('lower': blue or none)"),
    ] = None,
    source: Annotated[
        list[Source | Literal["visit"]] | None,
        Query(description="来源 · sources ('visit' where sources may not be seen)"),
    ] = None,
    township: Annotated[list[str] | None, Query(description="乡镇代码 · townships")] = None,
    department: Annotated[list[str] | None, Query(description="部门 · departments")] = None,
    open: Annotated[bool, Query(description="只列未办结 · open ones only")] = False,
    urgent: Annotated[bool, Query(description="只列急难 · urgent ones only")] = False,
    due: Annotated[Literal["late", "near", "later"] | None, Query(description="时限 · due")] = None,
    raised_from: Annotated[date | None, Query(description="生成日起 · raised from")] = None,
    raised_to: Annotated[date | None, Query(description="生成日止 · raised until")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="每页条数 · rows a page")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=200, description="上一页的 next · next of the page before")
    ] = None,
) -> AlertPage:
    here = context(call, Action.SEE_ALERTS, area)
    sighted = services.cases.may_sight(here)
    asked: dict[str, Any] = {
        "states": [str(one) for one in state or []],
        "bands": _bands(band or [], sighted),
        "sources": _sources(source or [], sighted),
        "townships": township,
        "departments": department,
        "open_only": open,
        "urgent_only": urgent,
        "due": due,
        "raised_from": raised_from,
        "raised_to": raised_to,
    }
    of = cursors.mark(asked | {"area": here.scope.code, "of": here.scope.department})
    where = services.cases.choice(**asked)
    rows, place = services.cases.walk(here, where, cursors.read(cursor, of), limit)
    call.rows = len(rows)
    alerts = [_alert(here, row, sighted, call.language) for row in _records(rows)]
    return AlertPage(alerts=alerts, next=None if place is None else cursors.made(place, of))


def _bands(chosen: list[Band | Literal["lower"]], sighted: bool) -> list[str]:
    """Bands as the list calls them for the token; 'lower' is what it may answer with."""
    told = [str(one) for one in chosen]
    if sighted and LOWER_BAND in told:
        told += [code for code in services.names.codes(Kind.BAND) if _lower(code)]
    return services.cases.bands(told, sighted)


def _lower(code: str) -> bool:
    return services.cases.blind_band(code) == LOWER_BAND


def _sources(chosen: list[Source | Literal["visit"]], sighted: bool) -> list[str]:
    """Where sources may not be seen, each of them that a visit may come from means all."""
    return services.cases.sources([str(one) for one in chosen], sighted)


def _alert(here: Context, row: dict[str, Any], sighted: bool, language: str) -> AlertRow:
    def word(kind: Kind, code: Any) -> Word | None:
        return text_or_none(code, services.names.word(kind, code), language)

    source = row["source"] if sighted else services.cases.blind(row["source"])
    visit = Word(code=source, text="核查" if language == "zh" else "Visit")
    return AlertRow(
        id=row["key"],
        household=row["household"],
        who=row["who"],
        township=_place(here, row["township_code"], language),
        village=_place(here, row["village_code"], language),
        state=_sure(word(Kind.STATE, row["state"])),
        band=_sure(word(Kind.BAND, row["band"])),
        source=visit if source == services.cases.VISIT else _sure(word(Kind.SOURCE, source)),
        outcome=word(Kind.OUTCOME, row["outcome"]),
        raised_on=row["raised_on"],
        due_on=_day(row["due_on"]),
        late=bool(row["late"]),
        urgent=bool(row["urgent"]),
        reasons=row[f"each_reason_{language}"],
        version=row["version"],
        question=word(Kind.QUESTION, row["question"]) if sighted else None,
        rule_score=_number(row["rule_score"]) if sighted else None,
        risk=_number(row["risk"]) if sighted else None,
    )


@router.get(
    "/v1/households/{household}",
    **operation("see_household"),
)
def see_household(
    call: Asked,
    household: Annotated[str, Path(pattern=HOUSEHOLD, description="家庭代号 · pseudonym")],
) -> HouseholdCard:
    call.detail["household"] = household
    here, family = _family(call, household)
    members = services.family.members(here, household)
    alerts = services.family.alerts_of(here, household)
    called = services.family.keys(here, [int(i) for i in alerts["id"]]) if len(alerts) else {}
    sighted = services.cases.may_sight(here)
    weighed = services.family.weighed(here, household) if sighted else family
    profile, score, language = family.profile, weighed.score, call.language
    roll = profile.get("roll_class")
    rolled = services.names.value("assistance_rolls", "assistance_class", roll)
    band = score.get("band")
    return HouseholdCard(
        household=household,
        as_of=here.as_of,
        who=family.who,
        township=_place(here, profile.get("township_code"), language),
        village=_place(here, profile.get("village_code"), language),
        urban_rural=profile.get("urban_rural"),
        roll=text_or_none(roll, rolled, language),
        coverage=_number(score.get("coverage")),
        members=[_member(row, language) for row in _records(members)],
        alerts=[_of_household(row, called[row["id"]], language) for row in _records(alerts)],
        rule_score=_number(score.get("rule_score")),
        band=text_or_none(band, services.names.word(Kind.BAND, band), language),
        risk=_number(weighed.risk),
    )


def _family(call: Call, household: str) -> tuple[Context, services.family.Family]:
    """The household, in whichever of the token's areas it lies."""
    *others, last = contexts(call, Action.SEE_HOUSEHOLD)
    for here in others:
        try:
            return here, services.family.family(here, household)
        except NothingYet:
            continue
    return last, services.family.family(last, household)


def _member(row: dict[str, Any], language: str) -> Member:
    def word(field: str) -> Word:
        words = services.names.value("population_register", field, row[field])
        return Word.of(row[field], words, language)

    return Member(
        who=row["who"],
        relation=word("relation"),
        sex=word("sex"),
        age=None if pd.isna(row["age"]) else int(row["age"]),
        disabled=bool(row["severely_disabled"]) or bool(row["other_disabled"]),
    )


def _of_household(row: dict[str, Any], key: str, language: str) -> AlertOfHousehold:
    def word(kind: Kind, code: Any) -> Word | None:
        return text_or_none(code, services.names.word(kind, code), language)

    return AlertOfHousehold(
        id=key,
        state=_sure(word(Kind.STATE, row["state"])),
        outcome=word(Kind.OUTCOME, row["outcome"]),
        raised_on=row["raised_on"],
        due_on=_day(row["due_on"]),
    )


@router.get(
    "/v1/precision",
    **operation("see_precision"),
)
def see_precision(
    call: Asked,
    area: AreaCode = None,
    month: Month = None,
    question: Annotated[
        Literal["existing", "coming"], Query(description="现存/将至 · in need now, or soon")
    ] = "existing",
    denominator: Annotated[
        Literal["concluded", "closed", "dispatched", "raised"], Query(description="分母 · out of")
    ] = "concluded",
) -> Precision:
    here = context(call, Action.SEE_FIGURES, area, month)
    found = services.trust.overall(here, denominator, question)
    telling = disclosure.tells(found.confirmed, found.n)
    counts = {
        "n": found.n,
        "confirmed": found.confirmed,
        "alerts": found.alerts,
        "verified": found.verified,
        "covered": found.covered,
    }
    kept: dict[str, Any] = {
        name: None if disclosure.is_small(count) else count for name, count in counts.items()
    }
    shares: dict[str, Any] = {"precision": found.share, "low": found.low, "high": found.high}
    shares = {name: _number(share) for name, share in shares.items()}
    if not telling:  # a share and its denominator would give the small count back
        shares, kept["confirmed"] = dict.fromkeys(shares), None
    return Precision(
        as_of=here.as_of,
        months=list(found.months),
        denominator=denominator,
        question=question,
        unverified_share=_number(found.unverified) if telling else None,
        suppressed=None in kept.values(),
        **shares,
        **kept,
    )


@router.get(
    "/v1/feeds",
    **operation("list_feeds"),
)
def list_feeds(call: Asked, month: Month = None) -> Feeds:
    here = context(call, Action.SEE_FEEDS, month=month)
    frame = services.deliveries.feeds(here)
    call.rows = len(frame)
    feeds = [_feed(row, call.language) for row in _records(frame)]
    return Feeds(as_of=here.as_of, feeds=feeds)


def _feed(row: dict[str, Any], language: str) -> Feed:
    plain: dict[str, Any] = {name: int(row[name]) for name in services.deliveries.SUMS}
    return Feed(
        feed=row["feed"],
        state=row["state"],
        name=services.names.feed(row["feed"]).pick(language),
        owner=services.names.owner(row["feed"]).pick(language),
        last_period=row["last_period"] or None,
        last_delivery=_day(row["last_delivery"]),
        expected_by=_day(row["expected_by"]),
        **plain,
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _place(here: Context, code: Any, language: str) -> Word | None:
    if code is None or code != code or not code:
        return None
    return Word(code=str(code), text=services.county.place(here, code, language))


def _sure(word: Word | None) -> Word:
    """A word of a column that is never empty."""
    return word or Word(code="", text="–")


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else value


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else round(float(value), 4)
