"""The check list's lines about data: feeds, regions, standards, and what each of them silences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core.access.roles import Role
from core.engine import cursor
from core.home import Home
from core.words import Text
from data import unpriced
from data.awaited import awaited
from data.backends import connect
from data.contracts import all_feeds, load_contract
from data.lake import Lake
from data.regions import Regions, RegionsError
from data.setup.figures import NEEDED
from data.standards import NAMES, SIDES, Standards, StandardsError
from features.catalogue import BY_NAME
from features.engine.feature import registry
from models.scorecard.engine import known_shares
from models.scorecard.month import read_profile
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import Indicator, RuleSet
from services.reads.checklist.line import Grade, Line, good, listed

SIDE_WORDS = {"urban": Text("城镇", "urban"), "rural": Text("农村", "rural")}
_FEW = 8


def known(home: Home, month: date | None, rules: RuleSet) -> dict[str, float]:
    """Of each indicator the share it can be judged for in a month; {} before a run."""
    if month is None:
        return {}
    try:
        shares = known_shares(*read_profile(home, month, connect()), rules)
    except ScorecardError:
        return {}
    row = shares.to_pyarrow().to_pylist()[0]
    return {name: float(share or 0.0) for name, share in row.items()}


def feed_lines(home: Home, on: date, rules: RuleSet, shares: dict[str, float]) -> Iterator[Line]:
    """One line for each feed that does not speak."""
    lake = Lake(home)
    asked = awaited(home, on, lake)
    for feed in all_feeds():
        contract = load_contract(feed)
        name = Text(contract.zh, contract.en)
        silent = lake.silent_since(feed, on)
        if lake.present(feed, on) and silent is None:
            day = lake.last_delivery(feed, on)
            yield good(f"feed.{feed}", name, Text(f"最近报送 {day}", f"last delivered {day}"))
            continue
        resting = [i for i in rules.indicators.values() if feed in BY_NAME[i.feature].feeds]
        if feed not in asked:
            yield good(f"feed.{feed}", name, _without(resting))
            continue
        owner = Text(contract.owner_zh, contract.owner_en)
        yield Line(
            f"feed.{feed}",
            Grade.MISSING if silent is None else Grade.ODD,
            name,
            _silenced(feed, resting, rules, shares, absent=silent is None),
            Role.DATA_STEWARD,
            Text(
                f"请{owner.zh}报送" if silent is None else f"自 {silent} 后停报，请{owner.zh}补报",
                f"ask {owner.en} for it"
                if silent is None
                else f"silent since {silent}: ask {owner.en} for what is missing",
            ),
            f"doudi feeds template DIR --feed {feed}" if silent is None else "doudi ingest DIR",
            "data",
            () if feed == _REGISTER else tuple(i.label for i in resting),
        )


def _without(resting: list[Indicator]) -> Text:
    """What a county does not judge by because it does not get a feed; no warning."""
    n = len(resting)
    rest = f"{n} indicator{'s' * (n != 1)} rest{'s' * (n == 1)} on it"
    return Text(f"本县不接收此类数据；{n} 项指标用到它", f"this county does not get it; {rest}")


def _silenced(
    feed: str,
    resting: list[Indicator],
    rules: RuleSet,
    shares: dict[str, float],
    *,
    absent: bool,
) -> Text:
    """What a feed's silence costs: indicators that rest on it, and how many homes that leaves."""
    if feed == _REGISTER and not absent:
        return Text(
            "此后的出生、迁移和分户看不到",
            "births, moves and households that split since are not seen",
        )
    if feed == _REGISTER:
        return Text(
            "没有户籍人口就没有家庭，任何月份都不能运行",
            "without the register there are no households: no month can be run",
        )
    if not resting:
        return Text(
            "不影响指标；模型少了走访结果作标签",
            "no indicator rests on it; the model lacks labels",
        )
    alone = [i for i in resting if not set(BY_NAME[i.feature].feeds) - {feed, _REGISTER}]
    if not shares:
        return Text(
            f"{len(alone)} 项指标没有数据，另有 {len(resting) - len(alone)} 项只能部分判断；"
            f"每户覆盖率至少少 {len(alone) / rules.n_indicators:.0%}",
            f"{_count(len(alone))} silent, {len(resting) - len(alone)} more judged only in part; "
            f"coverage of every household falls by {len(alone) / rules.n_indicators:.0%} or more",
        )
    silent = [i for i in resting if shares.get(i.id, 1.0) == 0]
    partly = [i for i in resting if 0 < shares.get(i.id, 1.0) < 1]
    lost = sum(1 - shares.get(i.id, 1.0) for i in resting) / rules.n_indicators
    return Text(
        f"{len(silent)} 项指标没有数据，{len(partly)} 项只能部分判断；平均覆盖率因此少 {lost:.0%}",
        f"{_count(len(silent))} silent, {len(partly)} judged only in part; coverage is {lost:.0%} "
        "lower on average for what rests on it",
    )


_REGISTER = "population_register"


def _count(n: int) -> str:
    return f"{n} indicator{'' if n == 1 else 's'}"


def coverage_line(home: Home, month: date | None, rules: RuleSet) -> Iterator[Line]:
    """Which share of the households is known well enough, of the newest month."""
    path = home.monthly("scores", month) / "scores.parquet" if month else None
    if month is None or path is None or not path.exists():
        return
    what = Text("数据覆盖率", "Coverage")
    with cursor() as con:
        mean, below = con.execute(
            "SELECT avg(coverage), avg((coverage < $enough)::INT) FROM read_parquet($path)",
            {"enough": rules.sufficient_coverage, "path": str(path)},
        ).fetchone() or (None, None)
    if mean is None:
        return
    told = Text(
        f"{month:%Y-%m} 平均覆盖率 {mean:.0%}；{below:.0%} 的家庭低于 "
        f"{rules.sufficient_coverage:.0%}，其状况无法判断",
        f"mean coverage of {month:%Y-%m} is {mean:.0%}; {below:.0%} of the households lie below "
        f"{rules.sufficient_coverage:.0%}, too little to be known",
    )
    if below == 0:
        yield good("coverage", what, told)
        return
    mend = Text("补齐下列数据", "deliver the feeds named here")
    yield Line("coverage", Grade.ODD, what, told, Role.DATA_STEWARD, mend, page="data")


def region_lines(home: Home, month: date | None) -> Iterator[Line]:
    """Whether townships and villages are known, and whether the data uses other codes."""
    what = Text("乡镇和村（社区）", "Townships and villages")
    mend = Text("导入区划表", "load the table of regions")
    try:
        regions = Regions.load(home)
    except RegionsError:
        regions = None
    if regions is None or not regions.townships:
        cost = Text(
            "页面只显示代码；账号不能按乡镇分配",
            "pages show codes; no account can be given a township",
        )
        command = "doudi init --regions FILE --force"
        yield Line("regions", Grade.MISSING, what, cost, Role.ADMINISTRATOR, mend, command, "setup")
        return
    count = Text(
        f"{len(regions.townships)} 个乡镇、{len(regions.villages)} 个村（社区）",
        f"{len(regions.townships)} townships, {len(regions.villages)} villages",
    )
    strange = _strange(home, month, regions)
    if not strange:
        yield good("regions", what, count)
        return
    homes = sum(strange.values())
    names = tuple(Text(code or "空", code or "empty") for code in list(strange)[:_FEW])
    cost = Text(
        f"{homes:,} 户的乡镇代码不在区划表中，只有县级人员能看到",
        f"{homes:,} households have a township code outside the table: only the county sees them",
    )
    yield Line(
        "regions",
        Grade.ODD,
        what,
        cost,
        Role.ADMINISTRATOR,
        mend,
        "doudi init --regions FILE --force",
        "setup",
        names,
    )


def _strange(home: Home, month: date | None, regions: Regions) -> dict[str, int]:
    """Township codes of the newest month that the table lacks, with their households."""
    path = home.monthly("profile", month) / "household.parquet" if month else None
    if path is None or not path.exists():
        return {}
    sql = "SELECT township_code, count(*) FROM read_parquet($path) GROUP BY 1 ORDER BY 2 DESC"
    with cursor() as con:
        rows = con.execute(sql, {"path": str(path)}).fetchall()
    return {str(c or ""): int(n) for c, n in rows if c not in regions.townships}


def standard_lines(home: Home, on: date, rules: RuleSet) -> Iterator[Line]:
    """Needed standards without a value on a day, with the indicators that rest on them."""
    what = Text("本地标准", "Local standards")
    county = str(home.county["region"])
    try:
        standards = Standards.load(home)
    except StandardsError:
        standards = Standards({})
    lacking = [
        (name, side)
        for name in NEEDED
        for side in SIDES
        if (entry := standards.entry(name, county, side, on)) is None or entry.value is None
    ]
    if not lacking:
        yield good("standards", what, Text(f"{on:%Y-%m} 齐全", f"complete for {on:%Y-%m}"))
        return
    for name in dict.fromkeys(name for name, _ in lacking):
        sides = tuple(SIDE_WORDS[side] for one, side in lacking if one == name)
        resting = tuple(i.label for i in rules.indicators.values() if name in rests_on(i))
        _, zh, en = NAMES[name]
        told = listed(sides)
        yield Line(
            f"standard.{name}",
            Grade.MISSING,
            Text(f"{name} {zh}（{told.zh}）", f"{name} {en} ({told.en})"),
            Text(
                f"{on:%Y-%m} 没有值：{len(resting)} 项指标无法判断",
                f"no value in {on:%Y-%m}: {_count(len(resting))} not judged",
            ),
            Role.ADMINISTRATOR,
            Text("按文件登记", "enter it from its document"),
            f"doudi init --standard '{name} both {on:%Y}-01-01 VALUE DOCUMENT' --force",
            "setup",
            resting,
        )


def unpriced_line(home: Home, month: date | None) -> Iterator[Line]:
    """Households of the newest month whose county has no standards."""
    own = str(home.county["region"])
    line = unpriced.told(home, month, besides=own) if month else None
    if month is None or line is None:
        return
    codes = [code for code in unpriced.unpriced(home, month) if code != own]
    named = tuple(Text(code or "空", code or "empty") for code in codes)
    yield Line(
        "standards.elsewhere",
        Grade.MISSING,
        Text("其他县的标准", "Standards of other counties"),
        line,
        Role.ADMINISTRATOR,
        Text("按该县文件登记", "enter them from that county's notice"),
        page="standards",
        names=named[:_FEW],
    )


def rests_on(indicator: Indicator) -> set[str]:
    """Needed standards that an indicator is computed from, on whatever way."""
    found = registry()
    used = (found.features[f].uses for f in found.closure([indicator.feature]))
    return {name for uses in used for name in uses if name in NEEDED}
