"""Standards as the office enters them: with their document, from the next run on."""

from __future__ import annotations

from datetime import date

import pytest

from core.access.areas import Area
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.errors import Told
from data.standards import Standards
from services import Context, standards
from tests.dashboard.factory import Made
from tests.services.conftest import recorded

NOTICE = "望政办〔2026〕12号 关于调整低保标准的通知（虚构）"
SINCE = date(2026, 1, 1)


def who(county: Made, role: Role = Role.ANALYST, area: Area | None = None) -> Context:
    grant = Grant(role, area) if area else Grant(role)
    return Context(Principal("li", "li", (grant,)), str(county.home.root), county.last)


def s_of(county: Made, region: str, on: date, known_by: date | None = None) -> float:
    return Standards.load(county.home, known_by).value("S", region, "rural", on)


def region_of(county: Made) -> str:
    return str(county.home.county["region"])


def test_an_entry_counts_from_the_next_run_and_not_before(county: Made) -> None:
    own, before = region_of(county), s_of(county, region_of(county), county.last)
    known_on = standards.set_figure(who(county), own, "rural", "S", SINCE, 888, NOTICE)
    assert known_on > county.last
    assert s_of(county, own, county.last, known_by=county.last) == before
    assert s_of(county, own, county.last, known_by=known_on) == 888
    (figure,) = [
        f
        for f in standards.figures(who(county).at(known_on), own)
        if (f.name, f.side) == ("S", "rural")
    ]
    assert (figure.value, figure.document, figure.own) == (888, NOTICE, True)


def test_a_township_has_its_own_and_the_rest_take_the_county_s(county: Made) -> None:
    own = region_of(county)
    town, other = f"{own}101", f"{own}102"
    standards.set_figure(who(county), town, "rural", "S", SINCE, 777, NOTICE)
    assert s_of(county, town, county.last) == 777
    assert s_of(county, f"{town}200", county.last) == 777
    assert s_of(county, other, county.last) != 777


def test_a_correction_is_a_second_entry_and_a_withdrawal_a_third(county: Made) -> None:
    here, own = who(county), region_of(county)
    before = s_of(county, own, county.last)
    standards.set_figure(here, own, "rural", "S", SINCE, 888, NOTICE)
    standards.set_figure(here, own, "rural", "S", SINCE, 890, NOTICE)
    (entry,) = standards.entered(here)
    assert entry.value == s_of(county, own, county.last) == 890
    standards.withdraw(here, entry.number, "文号有误")
    assert standards.entered(here) == []
    assert s_of(county, own, county.last) == before
    assert len(recorded(county.home, "set_standard")) == 2
    assert len(recorded(county.home, "withdraw_standard")) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": 8_000}, "between 100 and 5000"),
        ({"document": " "}, "name the document"),
        ({"region": "99"[:1]}, "2, 4, 6, 9 or 12 digits"),
        ({"region": "110101"}, "neither within"),
        ({"name": "Q"}, "no such standard"),
        ({"side": "north"}, "no such standard"),
        ({"document": "联系 13812345678"}, "ID or phone"),
    ],
)
def test_a_slip_of_the_keyboard_is_asked_about(
    county: Made, change: dict[str, object], said: str
) -> None:
    asked: dict[str, object] = {
        "region": region_of(county),
        "side": "rural",
        "name": "S",
        "since": SINCE,
        "value": 888,
        "document": NOTICE,
    }
    with pytest.raises(Told, match=said) as refused:
        standards.set_figure(who(county), **(asked | change))
    assert refused.value.zh
    assert standards.entered(who(county)) == []


def test_only_analysts_of_the_county_enter_them(county: Made) -> None:
    town = Area(f"{region_of(county)}101")
    for here in (who(county, Role.LEADER), who(county, area=town)):
        with pytest.raises(Refused):
            standards.set_figure(here, region_of(county), "rural", "S", SINCE, 888, NOTICE)
