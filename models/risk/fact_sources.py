"""Where a fact comes from and how old that is: the newest row of its source for a household.

A source is a feed, or the rows of one that tell the fact. What happened is dated by its row
("2024-10 走访，已 20 个月"); what is only known because the feed says nothing of it, by the feed's
newest delivery ("医保结算数据截至 2026-06").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.engine import cursor
from core.home import Home
from core.words import Bilingual, Text
from data.about import named_in, rows_about
from data.contracts import load_contract
from data.lake import Lake, lake_schema

# A page asks for one household, a list for a screen of them.
_FEW = 30
_KEYS = pa.schema({"id": pa.string(), "home": pa.string()})
_MONEY = ("income_month", "wage_income", "business_income", "transfer_income")


@dataclass(frozen=True)
class Source(Bilingual):
    """One way of learning a fact. `snapshot`: a state that its newest delivery confirms; `rows`:
    the SQL condition on the feed's rows that tell the fact, all where it is None."""

    feed: str
    zh: str
    en: str
    rows: str | None = None
    snapshot: bool = False


def _in(column: str, *codes: str) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


SOURCES: Mapping[str, Source] = {
    "register": Source("population_register", "户籍", "register", snapshot=True),
    "death": Source("deaths", "死亡登记", "death on record"),
    "disability": Source("disability_certificates", "残疾证", "disability certificate"),
    "roll": Source("assistance_rolls", "救助名册", "assistance roll", _in("event", "start")),
    "roll_end": Source("assistance_rolls", "退出救助", "end of aid", _in("event", "end")),
    "refusal": Source(
        "assistance_rolls", "申请未获确认", "refused application", _in("event", "refused")
    ),
    "grant": Source("assistance_rolls", "临时救助", "emergency grant", _in("event", "grant")),
    "claim": Source("medical_claims", "医保结算", "medical settlement"),
    "admission": Source(
        "medical_claims", "住院结算", "hospital settlement", "admitted_on IS NOT NULL"
    ),
    "listed": Source(
        *("medical_claims", "重特大疾病结算", "settlement for a listed disease"),
        "listed_disease",
    ),
    "contribution": Source(
        "employment", "社保缴费", "insurance contribution", _in("record_type", "contribution")
    ),
    "pension": Source("employment", "养老金", "pension", snapshot=True),
    "cover": Source("employment", "参保", "insurance", snapshot=True),
    "registration": Source(
        *("employment", "就业失业登记", "registration of work"),
        _in("record_type", "unemployed", "employed", "stopped", "benefit"),
    ),
    "housing": Source("housing", "住房登记", "housing record"),
    "disaster": Source(
        *("housing", "灾损登记", "damage record"),
        _in("disaster_damage", "slight", "severe", "collapsed"),
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
    "visit_income": Source(
        "home_visits", "走访", "visit", " OR ".join(f"{name} IS NOT NULL" for name in _MONEY)
    ),
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
    lake = Lake(home)
    delivered = {s.feed: lake.last_delivery(s.feed, as_of) for s in wanted.values()}
    homes = pa.table({"id": list(households), "home": list(households)}, _KEYS)
    people = members_of(home, as_of, households).rename_columns(_KEYS.names).cast(_KEYS)
    of_feed: dict[str, dict[str, Source]] = {}
    for name, source in wanted.items():
        if not source.snapshot:
            of_feed.setdefault(source.feed, {})[name] = source
    found: dict[tuple[str, str], date] = {}
    with cursor() as con:
        con.register("homes", homes)
        con.register("people", people)
        for feed, told in of_feed.items():
            rows = _rows(con, lake, feed, as_of, homes, people)
            if rows is not None:
                found |= _newest(con, feed, told, rows, as_of)
    return Dates(as_of, found, delivered)


def _newest(
    con: duckdb.DuckDBPyConnection, feed: str, told: Mapping[str, Source], rows: str, as_of: date
) -> dict[tuple[str, str], date]:
    """By household and source of a feed the newest day on which one of the rows tells of it.

    The tables `homes` and `people` say whose rows they are: id (a household, a person) and home.
    """
    if "household" in lake_schema(feed).names:
        asked, columns = "homes", ["household"]
    else:
        asked, columns = "people", [f.lake_name for f in load_contract(feed).people]
    named = " UNION ALL ".join(
        f"SELECT {column} AS id, * FROM told"  # noqa: S608 (ours)
        for column in columns
    )
    days = ", ".join(
        f"max(happened_on) FILTER (WHERE {source.rows or 'true'}) AS {name}"
        for name, source in told.items()
    )
    # A day after the month end is a plan, not a fact.
    answer = con.execute(
        f"WITH told AS ({rows}) SELECT home, {days} FROM ({named}) JOIN {asked} USING (id) "  # noqa: S608 (ours)
        "WHERE happened_on <= $as_of AND known_on <= $as_of GROUP BY home",
        {"as_of": as_of},
    )
    return {
        (home, name): day
        for home, *newest in answer.fetchall()
        for name, day in zip(told, newest, strict=True)
        if day is not None
    }


def _rows(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    feed: str,
    as_of: date,
    homes: pa.Table,
    people: pa.Table,
) -> str | None:
    """SELECT of a feed's rows; None when it never delivered by then.

    Of the people of few households alone the rows that name them or those: other parts of the page
    ask for the same ones.
    """
    if len(homes) > _FEW:
        told = lake.rows_sql(feed, as_of)
        return None if told is None else lake.whole_sql(feed, told)
    named = named_in(lake, feed, *(table.column("id").to_pylist() for table in (people, homes)))
    about = rows_about(lake, feed, as_of, named)
    if about is None:
        return None
    con.register("about", about)
    return "SELECT * FROM about"


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
