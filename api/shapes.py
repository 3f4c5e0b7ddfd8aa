"""The shapes of questions and answers. Names are ours; descriptions stand in both languages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.words import Bilingual, Text
from services.family import Cause, Outcome


def about(zh: str, en: str, **more: Any) -> Any:
    """A field with a description in both languages."""
    return Field(description=f"{zh} · {en}", **more)


class Answer(BaseModel):
    """Base of what is answered."""


class Question(BaseModel):
    """Base of what is sent: a field that does not exist is refused, so that no typo is lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Word(Answer):
    """A code with its word in the language asked for."""

    code: str
    text: str

    @classmethod
    def of(cls, code: Any, words: Bilingual, language: str) -> Word:
        """A code with one of its two words."""
        return cls(code=str(code), text=words.pick(language))


class Problem(Answer):
    """What went wrong (RFC 9457); `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]] | None = None


Household = Annotated[str, about("家庭代号，不含个人信息", "pseudonym of the household")]
AlertId = Annotated[str, about("预警编号", "the alert's number", examples=["202606-h3f9a01c"])]


class AlertRow(Answer):
    """One alert of the list."""

    id: AlertId
    household: Household
    who: str = about("户主（脱敏）", "head of the household, masked")
    township: Word | None
    village: Word | None
    state: Word
    band: Word
    source: Word
    outcome: Word | None
    raised_on: date
    due_on: date | None
    late: bool = about("是否逾期", "whether it is past its due day")
    urgent: bool
    reasons: list[str] = about("主要原因", "the strongest reasons")
    version: int = about("登记结果时须带回", "to be sent back with an outcome")
    question: Word | None = about(
        "仅限有权查看来源的令牌", "for tokens that may see what raised it"
    )
    rule_score: float | None = about("同上（分）", "likewise, points")
    risk: float | None = about("同上（0–1）", "likewise, 0 to 1")


class AlertPage(Answer):
    """A part of the list."""

    alerts: list[AlertRow]
    next: str | None = about(
        "下一页的 cursor；没有则已到末尾", "cursor of the next page; none at the end"
    )


class Member(Answer):
    """One member of a household, masked."""

    who: str
    relation: Word
    sex: Word
    age: int | None
    disabled: bool


class AlertOfHousehold(Answer):
    """An alert of the household, newest first."""

    id: AlertId
    state: Word
    outcome: Word | None
    raised_on: date
    due_on: date | None


class HouseholdCard(Answer):
    """One household as of the newest month, without names, ID numbers or phones."""

    household: Household
    as_of: date
    who: str = about("户主（脱敏）", "head of the household, masked")
    township: Word | None
    village: Word | None
    urban_rural: str | None
    roll: Word | None = about("在册救助类别", "kind of aid the household is on")
    coverage: float | None = about(
        "数据覆盖（0–1）；低于 0.6 时不作判断",
        "share of indicators known; below 0.6 nothing is said",
    )
    members: list[Member]
    alerts: list[AlertOfHousehold]
    rule_score: float | None = about(
        "仅限有权查看来源的令牌", "for tokens that may see what raised it"
    )
    band: Word | None = about("同上", "likewise")
    risk: float | None = about("同上（0–1）", "likewise, 0 to 1")


class ReportIn(Question):
    """A household in difficulty."""

    household: str = about(
        "户号或家庭代号", "household number, or pseudonym", min_length=1, max_length=60
    )
    reason: str = about(
        "情况说明；不要写姓名、证件号、电话",
        "what was seen; no names, ID numbers or phones",
        min_length=1,
        max_length=500,
    )
    need: str = about("需求类别", "kind of need", default="basic_living", max_length=24)


class ReportOut(Answer):
    """What the report led to."""

    alert: AlertId
    household: Household
    state: Word
    opened: bool = about(
        "true：新开预警；false：并入已有预警", "true: a new alert; false: joined the open one"
    )


class OutcomeIn(Question):
    """What a visit found."""

    version: int = about(
        "所见预警的 version", "the version of the alert that was seen", ge=1, le=1_000_000
    )
    outcome: Outcome
    cause: Cause | None = about("误报时必填", "needed for a false alarm", default=None)
    note: str | None = about(
        "备注；不要写个人信息", "a note without personal data", default=None, max_length=1000
    )
    needs: dict[str, Outcome] | None = about(
        "属实-符合时：各需求的结果",
        "for a confirmed alert: what was found of each need",
        default=None,
    )


class OutcomeOut(Answer):
    """The alert after its outcome was recorded."""

    alert: AlertId
    outcome: Word


class Precision(Answer):
    """Precision of the alerts of twelve months, never without n, interval and unverified share."""

    as_of: date
    months: list[str]
    denominator: str
    question: str
    precision: float | None
    low: float | None = about("Wilson 95% 下限", "lower end, Wilson 95 %")
    high: float | None
    n: int | None = about("1–7 不给出", "1 to 7 are not told")
    confirmed: int | None
    alerts: int | None
    verified: int | None
    covered: int | None
    unverified_share: float | None
    suppressed: bool = about(
        "数目过小、可能识别到家庭，未给出",
        "figures so small that they could name a family are left out",
    )


class Feed(Answer):
    """How a department's data stand."""

    feed: str
    name: str
    owner: str
    state: str = about(
        "fresh/late/silent/missing/not_awaited", "fresh, late, silent, missing or not_awaited"
    )
    last_period: str | None
    last_delivery: date | None
    expected_by: date | None
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    repaired: int


class Feeds(Answer):
    """All feeds as of a month."""

    as_of: date
    feeds: list[Feed]


class Reason(Answer):
    """Why rows were set aside, and how many."""

    code: str
    text: str
    rows: int


class FileOut(Answer):
    """What became of a delivered file."""

    file: str
    sha256: str
    state: str = about(
        "ingested 已入库；to_decide 有疑问，待数据管理员认定；repeat 与已收数据相同；"
        "waiting 另一批正在处理，下次一并入库；其余为退回原因代码",
        "ingested; to_decide: doubtful, a data steward decides; repeat: nothing new; waiting: "
        "another ingest was running, the next one takes it in; else why refused",
    )
    detail: str
    again: bool = about("此前已收过同样内容", "the same content had come before")
    batch: str | None
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: list[Reason]


def text_or_none(code: Any, words: Text, language: str) -> Word | None:
    """A word, or None where there is no code."""
    if code is None or code != code or code == "":
        return None
    return Word.of(code, words, language)
