"""What a page tells of the lake is told anew as soon as a delivery comes in or is undone."""

from __future__ import annotations

from datetime import date

import pytest

from core.access.areas import COUNTY
from core.home import Home
from data.deliveries.decisions import undo
from services.reads import history, membership
from tests.data.households.register import Offices

JUNE_30 = date(2026, 6, 30)


@pytest.mark.slow
def test_a_delivery_that_comes_in_or_is_undone_is_seen_on_the_page_at_once(tmp_path) -> None:
    offices = Offices(Home(tmp_path))
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.deliver("2024-01")
    home, family = str(tmp_path), offices.household("H1")

    def told() -> tuple[int, int]:
        """How many rows of the register name the family, and how many stays are living ones."""
        rows = history.facts(home, JUNE_30, COUNTY, family)["population_register"]
        stays = membership.members_over_time(home, JUNE_30, family)
        return len(rows), int((stays["kind"] == "living").sum())

    assert told() == told() == (1, 1)
    offices.register(2, "H1", "迁入", "2026-06-02", "配偶")
    offices.deliver("2026-06")
    assert told() == (2, 2)
    last = history.base.lake_at(home).current("population_register")[-1]
    undo(offices.home, "population_register", last.batch, JUNE_30)
    assert told() == (1, 1)
