"""A merged township: who works there sees its families, open cases go along, the record says so."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from alerts.models import Alert
from alerts.states import State
from core.access.areas import Area
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.db import open_session
from services import Context, operator, regions, standards
from services.reads import base
from services.regions import RegionsRefused
from services.standards import StandardRefused
from tests.dashboard.factory import REGION, TOWNS, Made
from tests.services.conftest import recorded

KEPT, GONE = (REGION + number for number, _, _ in TOWNS[:2])


def who(county: Made, role: Role, area: str = "") -> Context:
    grant = Grant(role, Area(area))
    return Context(Principal("li", "li", (grant,)), str(county.home.root), county.last, Area(area))


def merged(county: Made) -> bytes:
    """The county's own table, its second township merged into its first in June."""
    sheet = operator.regions_sheet(str(county.home.root))
    lines = []
    for line in sheet.splitlines():
        code, *about = line.split(",")
        if code.startswith(GONE):
            about[5:] = [
                "2026-06-01",
                KEPT if code == GONE else code.replace(GONE, KEPT[:-1] + "9"),
            ]
        lines.append(",".join([code, *about]))
    # Villages of the merged township become villages of the other, under new codes.
    lines = [line.replace(KEPT[:-1] + "9", KEPT) for line in lines]
    for i in range(2):
        old, new = f"{GONE}20{i}", f"{KEPT}30{i}"
        lines = [x.replace(f",{KEPT}20{i}", f",{new}") if x.startswith(old) else x for x in lines]
        lines.append(f"{new},新{i}村,{KEPT},New {i},,2026-06-01,,")
    return "\n".join(lines).encode()


def households_of(county: Made, area: str) -> int:
    """Households of the month that a worker of the area may see."""
    root, scope = str(county.home.root), Area(area)
    path = county.home.monthly("profile", county.last) / "household.parquet"
    found = base.query(
        f"SELECT count(*) AS n FROM read_parquet($path) p WHERE {base.inside(scope)}",
        {"path": str(path), **base.scope_values(root, scope)},
    )
    return int(found["n"].iloc[0])


def open_at(county: Made, code: str) -> int:
    with open_session(county.home) as session:
        return session.scalar(
            select(func.count(Alert.id)).where(
                Alert.township_code == code, Alert.state != State.CLOSED
            )
        )


def test_a_merger_takes_families_and_open_cases_along(county: Made) -> None:
    root = str(county.home.root)
    there = [open_at(county, code) for code in (KEPT, GONE)]
    homes = [households_of(county, code) for code in (KEPT, GONE)]
    assert base.codes_of(root, Area(KEPT)) == [KEPT]
    done = regions.put(who(county, Role.ADMINISTRATOR), merged(county))
    assert base.codes_of(root, Area(KEPT)) == [KEPT, GONE]
    assert households_of(county, KEPT) == sum(homes)
    assert done.checked.changes["changed"] == 3
    assert done.checked.changes["added"] == 2
    assert [open_at(county, code) for code in (KEPT, GONE)] == [sum(there), 0]
    assert done.alerts == there[1] > 0
    assert recorded(county.home, "import_regions")


def test_only_who_sets_the_county_up_may_import(county: Made) -> None:
    with pytest.raises(Refused):
        regions.put(who(county, Role.DATA_STEWARD), b"x")


def test_a_table_with_a_problem_changes_nothing(county: Made) -> None:
    wrong = merged(county).replace(b"2026-06-01,,", b"tomorrow,,")
    with pytest.raises(RegionsRefused, match="'tomorrow' is no date"):
        regions.put(who(county, Role.ADMINISTRATOR), wrong)
    assert not county.home.region_table.exists()
    assert not recorded(county.home, "import_regions")


def test_standards_of_a_second_county_are_taken_once_the_table_has_it(county: Made) -> None:
    def enter() -> None:
        standards.set_figure(
            who(county, Role.ANALYST), "990322", "rural", "S", date(2026, 1, 1), 640, "〔2026〕1号"
        )

    with pytest.raises(StandardRefused, match="neither within 990321 nor around it"):
        enter()
    more = "990322,邻县,9903,Next,,,,\n990322101,邻镇,990322,Next Town,,,,\n"
    sheet = operator.regions_sheet(str(county.home.root)) + more
    regions.put(who(county, Role.ADMINISTRATOR), sheet.encode())
    enter()
