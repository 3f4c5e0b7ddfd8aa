"""From raw panel files to a county's home: department files, standards, regions.

Everything happens in DuckDB, in the statements of `sql/`, which say what each answer means. What
the panel did not ask stays empty. Nothing here knows about later interviews: a file delivered in
a quarter holds what was told in that quarter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from benchmarks.eph import cities
from benchmarks.eph.equivalence import scale
from benchmarks.eph.files import (
    HOUSEHOLD_COLUMNS,
    PERSON_COLUMNS,
    PanelError,
    RawTable,
    Unread,
    panel_files,
    read_panel,
)
from benchmarks.eph.writing import write_delivery
from core.home import Home, add_months
from core.progress import Progress, quiet
from data.contracts import load_contract

SQL = Path(__file__).parent / "sql"
FEEDS = (
    "population_register",
    "employment",
    "school_rolls",
    "housing",
    "home_visits",
    "home_visit_members",
)
HORIZON_MONTHS = 9
DELIVERY_DAY = 28
SALTS = 9
LINE_IS = "60 % of the median income per adult equivalent of the quarter (EPH, INDEC)"
LEFT_OUT = "SELECT count(*) FROM persons ANTI JOIN people USING (household_no, member)"


@dataclass(frozen=True)
class Quarter:
    """One quarter of the panel: `index` counts quarters since year 0."""

    index: int
    households: int
    line: float | None
    income_year: float | None

    @property
    def name(self) -> str:
        """Like 2010Q1."""
        return f"{self.index // 4}Q{self.index % 4 + 1}"

    @property
    def starts(self) -> date:
        """First day."""
        return date(self.index // 4, self.index % 4 * 3 + 1, 1)

    @property
    def ends(self) -> date:
        """Last day."""
        return add_months(self.starts, 2)


@dataclass(frozen=True)
class AdaptReport:
    """What the adapter found and wrote. `left_out` counts persons of unknown age or sex."""

    quarters: tuple[Quarter, ...]
    files_written: int
    unread: tuple[Unread, ...]
    broken_rows: int
    left_out: int


def adapt(directory: Path, home: Home, progress: Progress = quiet) -> AdaptReport:
    """Turn the panel's quarters below `directory` into the incoming files of `home`.

    Any set of quarters will do. Files that cannot be read are listed in the report. Raises
    PanelError when no quarter can be used at all.
    """
    with duckdb.connect(config={"threads": 2, "memory_limit": "6GB"}) as con:
        con.execute(_sql("macros"))
        unread, broken = _load(con, directory, progress)
        quarters = _derive(con)
        if not quarters:
            why = f": {unread[0].name} {unread[0].why}" if unread else ""
            raise PanelError(f"no household interviews found in {directory}{why}")
        written = _deliver(con, home, quarters, progress)
        found = [c for (c,) in con.execute("SELECT DISTINCT city FROM interviews").fetchall()]
        left_out = _count(con, LEFT_OUT)
    _describe(home, quarters, [c for c in found if c is not None])
    return AdaptReport(tuple(quarters), written, tuple(unread), broken, left_out)


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _keep(con: duckdb.DuckDBPyConnection, table: str) -> None:
    con.execute(f"CREATE OR REPLACE TABLE {table} AS {_sql(table)}")


def _load(
    con: duckdb.DuckDBPyConnection, directory: Path, progress: Progress
) -> tuple[list[Unread], int]:
    """Read every file into `households` and `persons`."""
    unread: list[Unread] = []
    broken, total = 0, len(panel_files(directory))
    _start(con)
    for done, found in enumerate(read_panel(directory)):
        progress(found.name, done, total)
        if isinstance(found, Unread):
            unread.append(found)
            continue
        broken += found.broken
        _take(con, found)
    return unread, broken


def _start(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables of the right shape, for panels that lack one kind of file altogether."""
    for kind, columns in (("household", HOUSEHOLD_COLUMNS), ("person", PERSON_COLUMNS)):
        empty = pa.table({c: pa.array([], pa.string()) for c in columns})
        _take(con, RawTable("", kind, empty, 0), create=True)


def _take(con: duckdb.DuckDBPyConnection, raw: RawTable, create: bool = False) -> None:
    table = f"{raw.kind}s"
    con.register(f"raw_{table}", raw.rows)
    if create:
        _keep(con, table)
    else:
        # A quarter that comes in two files is counted once.
        key = "household_no, quarter" + (", member" if raw.kind == "person" else "")
        con.execute(
            f"INSERT INTO {table} SELECT * FROM ({_sql(table)}) ANTI JOIN {table} USING ({key})"  # noqa: S608
        )
    con.unregister(f"raw_{table}")


def _derive(con: duckdb.DuckDBPyConnection) -> list[Quarter]:
    con.register("scale", scale())
    _keep(con, "interviews")
    _number_people(con)
    _keep(con, "timeline")
    return [Quarter(*row) for row in con.execute(_sql("lines")).fetchall()]


def _number_people(con: duckdb.DuckDBPyConnection) -> None:
    """Give everybody an ID number of their own; two that fall together are drawn again."""
    con.execute("SET VARIABLE salt = ''")
    _keep(con, "people")
    clash = (
        "SELECT household_no, member FROM people "
        "QUALIFY row_number() OVER (PARTITION BY id_number ORDER BY household_no, member) > 1"
    )
    for salt in range(1, SALTS):
        con.execute(f"CREATE OR REPLACE TEMP TABLE clashing AS {clash}")
        if _count(con, "SELECT count(*) FROM clashing") == 0:
            return
        con.execute("SET VARIABLE salt = ?", [str(salt)])
        con.execute(
            "DELETE FROM people USING clashing c "
            "WHERE people.household_no = c.household_no AND people.member = c.member"
        )
        con.execute(
            f"INSERT INTO people SELECT * FROM ({_sql('people')}) "  # noqa: S608
            "SEMI JOIN clashing USING (household_no, member)"
        )
    raise PanelError("ID numbers keep falling together; the panel is larger than they allow for")


def _deliver(
    con: duckdb.DuckDBPyConnection, home: Home, quarters: list[Quarter], progress: Progress
) -> int:
    written = 0
    con.execute("SET VARIABLE region = ?", [cities.REGION])
    for number, quarter in enumerate(quarters):
        progress(f"files of {quarter.name}", number, len(quarters))
        _point_at(con, quarter)
        delivered = quarter.ends.replace(day=DELIVERY_DAY)
        for feed in FEEDS:
            # In a fixed order: the same panel must give the same bytes, or ingest sees news.
            rows = con.sql(f"SELECT * FROM ({_sql(f'feeds/{feed}')}) ORDER BY ALL")  # noqa: S608
            rows = rows.to_arrow_table()
            if rows.num_rows:
                period = f"{quarter.ends:%Y%m}"
                write_delivery(rows, load_contract(feed), home.incoming, period, delivered)
                written += 1
    return written


def _point_at(con: duckdb.DuckDBPyConnection, quarter: Quarter) -> None:
    """Tell the feed statements which quarter is being delivered."""
    con.execute("SET VARIABLE quarter = ?", [quarter.index])
    con.execute("SET VARIABLE quarter_end = ?::DATE", [quarter.ends])
    con.execute("SET VARIABLE visit_day = ?::DATE", [add_months(quarter.starts, 1).replace(day=15)])
    con.execute(
        "SET VARIABLE round = (SELECT any_value(round) FROM timeline WHERE quarter = ?)",
        [quarter.index],
    )


def _describe(home: Home, quarters: list[Quarter], found: list[int]) -> None:
    """county.yaml, standards.yaml and regions.geojson."""
    home.data.mkdir(parents=True, exist_ok=True)
    county = {
        "region": cities.REGION,
        "name_zh": "EPH 住户追踪调查",
        "name_en": "EPH household panel",
        "synthetic": False,
        "currency_zh": "比索",
        "currency_en": "pesos",
        "label": "visited_income",
        "horizon_months": HORIZON_MONTHS,
        "first_as_of": quarters[0].ends,
        "last_as_of": quarters[-1].ends,
        "source": "INDEC, Encuesta Permanente de Hogares (public anonymised micro-data)",
    }
    geojson = json.dumps(cities.regions_geojson(found), ensure_ascii=False, indent=1)
    home.county_file.write_text(_yaml(county), encoding="utf-8")
    home.standards_file.write_text(_yaml(standards(quarters)), encoding="utf-8")
    home.regions_file.write_text(geojson + "\n", encoding="utf-8")


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def standards(quarters: list[Quarter]) -> dict[str, Any]:
    """S (the quarter's line) and D (mean income per head a year) from each quarter's first day.

    A quarter that is missing, or whose members are unknown, has no value.
    """
    known = {q.index: q for q in quarters}
    every = range(quarters[0].index, quarters[-1].index + 1)
    dated: dict[str, dict[str, Any]] = {"S": {}, "D": {}}
    for index in every:
        quarter = known.get(index, Quarter(index, 0, None, None))
        day = quarter.starts.isoformat()
        dated["S"][day] = {"value": _rounded(quarter.line), "reference": LINE_IS}
        dated["D"][day] = {
            "value": _rounded(quarter.income_year),
            "reference": f"12 x mean income per head of {quarter.name} (EPH, INDEC)",
        }
    units = {"S": "pesos/adult equivalent/month", "D": "pesos/person/year"}
    urban = {name: {"unit": units[name], "values": values} for name, values in dated.items()}
    return {cities.REGION: {"urban": urban}}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
