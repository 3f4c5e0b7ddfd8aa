"""Who belonged to which household, of which kind, from when to when, as known by a day.

Three things are called a household and are kept apart: where people are registered (户籍), with
whom they live (共同生活, which assistance goes by) and with whom they are insured (医保参保).
Beside them stands whom home visits met there (走访). All are told anew from the lake: nothing is
stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from core.engine import cursor
from core.words import Text
from data.about import rows_about
from data.households import intervals
from data.households.handing import KINDS as BY_REGISTER
from data.lake import DEATHS, REGISTER, Lake

REGISTERED, LIVING, INSURED, VISITED = "registered", "living", "insured", "visited"
KINDS = {
    REGISTERED: Text("户籍户", "Registered household"),
    LIVING: Text("共同生活户", "Household living together"),
    INSURED: Text("医保参保户", "Household insured together"),
    VISITED: Text("走访所见", "Met by home visits"),
}
CLAIMS, VISIT_MEMBERS = "medical_claims", "home_visit_members"


def open_stays(lake: Lake, as_of: date, household: str | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables `stays` and `people`, as known by a day.

    `stays`: kind, person, household, valid_from, valid_to (the first day on which the person no
    longer belonged; NULL: still does), known_from, known_to, relation (to the head, when the stay
    began). `people`: person, relation, born_month by the register's newest row. With `household`
    they hold what tells of it alone: its people, and everybody of the households those were in.
    The caller closes it. Both are empty while no feed that tells of them delivered.
    """
    con = cursor()
    con.execute(
        "CREATE TEMP TABLE stays (kind VARCHAR, person VARCHAR, household VARCHAR, "
        "valid_from DATE, valid_to DATE, known_from DATE, known_to DATE, relation VARCHAR)"
    )
    con.execute("CREATE TEMP TABLE people (person VARCHAR, relation VARCHAR, born_month DATE)")
    if household is None:
        deaths = _read(con, lake, as_of)
    else:
        deaths = _read_about(con, lake, as_of, household)
    for kind, column in BY_REGISTER.items():
        _add(con, kind, intervals.registered("FROM register", deaths, column), as_of)
    _add_people(con, as_of)
    _add(con, INSURED, intervals.named("FROM claims", "household_insured"), as_of)
    _add(con, VISITED, intervals.visited("FROM met"), as_of)
    return con


_COLUMNS = {
    "register": "person, household, household_registered, relation, born_month, change_type, "
    "happened_on, known_on, batch",
    "claims": "person, household_insured, happened_on, known_on",
    "met": "person, household, relation, happened_on, known_on",
}
_FEEDS = {"register": REGISTER, "claims": CLAIMS, "met": VISIT_MEMBERS}


def _read(con: duckdb.DuckDBPyConnection, lake: Lake, as_of: date) -> str | None:
    """The feeds that tell of households, as tables `register`, `claims`, `met`; a SELECT of the
    deaths, None where none was ever delivered."""
    for table, feed in _FEEDS.items():
        rows = lake.rows_sql(feed, as_of)
        # A delivery from before living and insured households were told apart lacks columns.
        told = lake.whole_sql(feed, rows) if rows else lake.no_rows_sql(feed)
        _copy(con, table, told)
    return lake.rows_sql(DEATHS, as_of)


def _copy(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    where = "household_insured IS NOT NULL" if table == "claims" else "true"
    con.execute(
        f"CREATE TEMP TABLE {table} AS "  # noqa: S608 (ours)
        f"SELECT {_COLUMNS[table]} FROM ({rows}) WHERE {where}"
    )


_Columns = Mapping[str, Sequence[str]]
# The columns of each of these tables that name a household.
_HOMES = {
    "register": ("household", "household_registered"),
    "claims": ("household_insured",),
    "met": ("household",),
}
_PEOPLE = dict.fromkeys(_FEEDS, ("person",))


@dataclass(frozen=True)
class _Told:
    """What the feeds that tell of households say of some, as known by a day."""

    lake: Lake
    as_of: date

    def rows(self, feed: str, columns: Sequence[str], wanted: Sequence[str]) -> pa.Table:
        """A feed's rows that name one of those in one of the columns."""
        found = rows_about(self.lake, feed, self.as_of, dict.fromkeys(columns, wanted))
        return self.lake.schema(feed).to_pyarrow().empty_table() if found is None else found

    def named(self, columns: _Columns, beside: _Columns, wanted: Sequence[str]) -> list[str]:
        """Who is named in `columns` by the rows that name one of those in the columns `beside`."""
        found: set[str] = set()
        for table, feed in _FEEDS.items():
            rows = self.rows(feed, beside[table], wanted)
            for column in columns[table]:
                found.update(rows.column(column).drop_null().to_pylist())
        return sorted(found)


def _read_about(con: duckdb.DuckDBPyConnection, lake: Lake, as_of: date, household: str) -> str:
    """What `_read` reads, but alone of what tells of one household, of those its people were in and
    of those that had its number before or after.

    A SELECT of the deaths of everybody in them.
    """
    told = _Told(lake, as_of)
    own = told.named(_PEOPLE, _HOMES, [household])
    homes = sorted({*lake.handed_on(as_of).beside(household), *told.named(_HOMES, _PEOPLE, own)})
    theirs = told.named(_PEOPLE, _HOMES, homes)
    for table, feed in _FEEDS.items():
        by_home = table == "met"
        asked = (_HOMES[table], homes) if by_home else (_PEOPLE[table], theirs)
        con.register(f"of_{table}", told.rows(feed, *asked))
        _copy(con, table, f"SELECT * FROM of_{table}")  # noqa: S608 (ours)
    con.register("dead", told.rows(DEATHS, ("person",), theirs))
    return "SELECT * FROM dead"


def _add(con: duckdb.DuckDBPyConnection, kind: str, stays: str, as_of: date) -> None:
    told = f"SELECT '{kind}', {intervals.COLUMNS} FROM ({stays})"  # noqa: S608 (ours)
    con.execute(f"INSERT INTO stays {told}", {"as_of": as_of})


def _add_people(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    con.execute(
        f"""
        INSERT INTO people SELECT person, relation, born_month FROM register
        WHERE known_on <= $as_of AND happened_on <= $as_of AND person IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY person
            ORDER BY happened_on DESC, known_on DESC, batch DESC,
                     coalesce(change_type IN {intervals.GONE}, false) DESC, household) = 1
        """,  # noqa: S608 (ours)
        {"as_of": as_of},
    )


def memberships(lake: Lake, as_of: date, household: str | None = None) -> pa.Table:
    """Every stay, or those of one household, in a fixed order; columns as `open_stays` has them."""
    with open_stays(lake, as_of, household) as con:
        return stays_of(con, household)


def stays_of(con: duckdb.DuckDBPyConnection, household: str | None) -> pa.Table:
    """`memberships` of what `open_stays` opened."""
    return con.sql(
        "SELECT * FROM stays WHERE $household::VARCHAR IS NULL OR household = $household "
        "ORDER BY kind, household, valid_from, person",
        params={"household": household},
    ).to_arrow_table()
