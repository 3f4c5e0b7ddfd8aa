"""Where a fact comes from and how old that is: the newest row of its source for a household.

A source is a feed, or the rows of one that tell the fact. What happened is dated by its row
("2024-10 走访，已 20 个月"); what is only known because the feed says nothing of it, by the feed's
newest delivery ("医保结算数据截至 2026-06").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from core.home import Home
from core.words import Bilingual, Text
from data.backends import connect
from data.contracts import load_contract
from data.lake import Lake

Rows = Callable[[Any], Any]
_MONEY = ("income_month", "wage_income", "business_income", "transfer_income")


@dataclass(frozen=True)
class Source(Bilingual):
    """One way of learning a fact. `snapshot`: a state that its newest delivery confirms."""

    feed: str
    zh: str
    en: str
    rows: Rows | None = None
    snapshot: bool = False


def _kind(*kinds: str) -> Rows:
    return lambda t: t.record_type.isin(kinds)


def _event(*events: str) -> Rows:
    return lambda t: t.event.isin(events)


def _told_income(t: Any) -> Any:
    return ibis.or_(*(t[name].notnull() for name in _MONEY))


SOURCES: Mapping[str, Source] = {
    "register": Source("population_register", "户籍", "register", snapshot=True),
    "death": Source("deaths", "死亡登记", "death on record"),
    "disability": Source("disability_certificates", "残疾证", "disability certificate"),
    "roll": Source("assistance_rolls", "救助名册", "assistance roll", _event("start")),
    "roll_end": Source("assistance_rolls", "退出救助", "end of aid", _event("end")),
    "refusal": Source("assistance_rolls", "申请未获确认", "refused application", _event("refused")),
    "grant": Source("assistance_rolls", "临时救助", "emergency grant", _event("grant")),
    "claim": Source("medical_claims", "医保结算", "medical settlement"),
    "admission": Source(
        "medical_claims", "住院结算", "hospital settlement", lambda t: t.admitted_on.notnull()
    ),
    "listed": Source(
        *("medical_claims", "重特大疾病结算", "settlement for a listed disease"),
        lambda t: t.listed_disease,
    ),
    "contribution": Source(
        "employment", "社保缴费", "insurance contribution", _kind("contribution")
    ),
    "pension": Source("employment", "养老金", "pension", snapshot=True),
    "cover": Source("employment", "参保", "insurance", snapshot=True),
    "registration": Source(
        *("employment", "就业失业登记", "registration of work"),
        _kind("unemployed", "employed", "stopped", "benefit"),
    ),
    "housing": Source("housing", "住房登记", "housing record"),
    "disaster": Source(
        *("housing", "灾损登记", "damage record"),
        lambda t: t.disaster_damage.isin(["slight", "severe", "collapsed"]),
    ),
    "school": Source("school_rolls", "学籍登记", "school record"),
    "vehicle": Source("vehicles", "车船登记", "vehicle registration", snapshot=True),
    "title": Source("real_estate", "不动产登记", "title", snapshot=True),
    "firm": Source("firms", "市场主体登记", "firm on the register", snapshot=True),
    "fund": Source("housing_fund", "公积金账户", "housing-fund account", snapshot=True),
    "assets": Source("financial_assets", "金融资产核对", "answer of an institution"),
    "tax": Source("tax", "纳税申报", "tax declaration"),
    "account": Source("social_insurance", "社保账户", "insurance account", snapshot=True),
    "recognised": Source("listed_diseases", "慢特病认定", "recognised disease"),
    "rural_watch": Source("rural_watch", "防返贫监测", "rural watch list", snapshot=True),
    "payroll": Source("public_payroll", "财政供养", "public payroll", snapshot=True),
    "accident": Source("accidents", "灾情事故", "accident on record"),
    "hard_up": Source("hard_up_workers", "困难职工与欠薪", "trade union or wage claim"),
    "bills": Source("utilities", "水电气讯账单", "bills", snapshot=True),
    "payment": Source("compensation", "赔付补偿", "payment"),
    "offer": Source("job_introductions", "职业介绍", "offer of a job"),
    "custody": Source("custody", "服刑强戒", "custody", snapshot=True),
    "marriage": Source("marriages", "婚姻登记", "marriage register"),
    # A row names a supporter of another household, too, whom it does not date.
    "supporters": Source("supporters", "户外赡养义务人", "form of supporters", snapshot=True),
    "visit": Source("home_visits", "走访", "visit"),
    "visit_income": Source("home_visits", "走访", "visit", _told_income),
    "visit_members": Source("home_visit_members", "走访", "visit"),
}


@dataclass(frozen=True)
class Dates:
    """Newest rows by (household, source), and newest deliveries by feed, as known on `as_of`."""

    as_of: date
    rows: Mapping[tuple[str, str], date]
    delivered: Mapping[str, date | None]

    def words(self, source: str, on: date | None) -> Text:
        """The source and its age: of a row on a day, else of the feed's newest delivery."""
        about = SOURCES[source]
        if on is not None:
            zh, en = aged(on, self.as_of)
            return Text(zh=f"{on:%Y-%m} {about.zh}，{zh}", en=f"{about.en} of {on:%Y-%m}, {en}")
        if about.feed.startswith("home_visit"):
            return Text(zh="没有走访记录", en="no visit on record")
        day = self.delivered.get(about.feed)
        name = load_contract(about.feed).called
        if day is None:
            return Text(zh=f"{name.zh}数据从未报送", en=f"{name.en}: never delivered")
        zh, en = aged(day, self.as_of)
        return Text(
            zh=f"{name.zh}数据截至 {day:%Y-%m}，{zh}",
            en=f"{name.en}: data up to {day:%Y-%m}, {en}",
        )


def months_between(day: date, as_of: date) -> int:
    """Whole calendar months from a day's month to another's; never below zero."""
    return max(0, (as_of.year - day.year) * 12 + as_of.month - day.month)


def aged(day: date, as_of: date) -> tuple[str, str]:
    """How long ago, in months: ('已 20 个月', '20 months ago'); ('本月', 'this month')."""
    months = months_between(day, as_of)
    if months == 0:
        return "本月", "this month"
    return f"已 {months} 个月", f"{months} month{'s' * (months > 1)} ago"


def source_dates(
    home: Home, as_of: date, households: Sequence[str], sources: Sequence[str] | None = None
) -> Dates:
    """The newest row of each source (all when None) for each household, known by `as_of`.

    A home without a lake gives no dates: then nothing was ever delivered.
    """
    wanted = {name: SOURCES[name] for name in (SOURCES if sources is None else sources)}
    lake, con = Lake(home), connect()
    delivered = {s.feed: lake.last_delivery(s.feed, as_of) for s in wanted.values()}
    asked = _memtable(households, list(households))
    people = members_of(home, as_of, households)
    by_person = _memtable(
        people.column("person").to_pylist(), people.column("household").to_pylist()
    )
    found: dict[tuple[str, str], date] = {}
    # Opening a feed's files takes longer than reading what is asked of them.
    told = {s.feed for s in wanted.values() if not s.snapshot}
    tables = {feed: lake.table(con, feed, as_of) for feed in told}
    for name, source in wanted.items():
        rows = None if source.snapshot else tables[source.feed]
        if rows is None:
            continue
        if source.rows is not None:
            rows = rows.filter(source.rows(rows))
        # A day after the month end is a plan, not a fact.
        rows = rows.filter(rows.happened_on <= ibis.literal(as_of))
        keys, named = asked, ["household"]
        if "household" not in rows.columns:
            keys, named = by_person, [f.lake_name for f in load_contract(source.feed).people]
        found_in = [rows.select(id=rows[key], happened_on=rows.happened_on) for key in named]
        named_in = ibis.union(*found_in) if len(found_in) > 1 else found_in[0]
        joined = named_in.inner_join(keys, "id")
        newest = joined.group_by("home").agg(newest=joined.happened_on.max())
        for row in con.to_pyarrow(newest).to_pylist():
            found[row["home"], name] = row["newest"]
    return Dates(as_of, found, delivered)


def members_of(
    home: Home, as_of: date, households: Sequence[str], columns: Sequence[str] = ()
) -> pa.Table:
    """Person, household and the asked columns of the month's members; empty without a file.

    A column that the file lacks is left out.
    """
    path = home.monthly("profile", as_of) / "person.parquet"
    if not path.exists():
        return pa.table(
            {"person": pa.array([], pa.string()), "household": pa.array([], pa.string())}
        )
    have = set(pq.read_schema(path).names)
    chosen = ["person", "household", *(c for c in columns if c in have)]
    return pq.read_table(
        path,
        columns=chosen,
        partitioning=None,
        filters=[("household", "in", list(households) or [""])],
    )


def _memtable(ids: Sequence[str], homes: Sequence[str]) -> Any:
    table = pa.table({"id": pa.array(ids, pa.string()), "home": pa.array(homes, pa.string())})
    return ibis.memtable(table)
