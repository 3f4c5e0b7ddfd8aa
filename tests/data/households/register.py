"""A register office, an office of assistance and visitors, delivering month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.home import Home
from data.ingest import ingest_directory
from data.vault import Vault
from tests.data.offices import csv_bytes, number, post, resident


class Offices:
    """Rows handed in for a home; `deliver` sends them as one month's files and takes them in."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def says(self, feed: str, **row: Any) -> None:
        """One row of a feed, by field name."""
        self._rows.setdefault(feed, []).append(row)

    def register(
        self, person: int, household: str, change: str, on: str, relation: str = "户主", **more: Any
    ) -> None:
        """One row of the population register; everybody has a name of their own."""
        row = resident(person, household_no=household, relation=relation, change_type=change)
        self.says("population_register", **row | {"name": f"李试{person}", "changed_on": on} | more)

    def deliver(self, month: str) -> None:
        """Send what was said as the files of a month like 2026-06, on its 28th."""
        period = month.replace("-", "")
        for feed, rows in self._rows.items():
            post(self.home.incoming / month, feed, csv_bytes(feed, rows), period, f"{period}28")
        self._rows = {}
        batches = ingest_directory(self.home, self.home.incoming).batches
        assert sum(b.quarantined for b in batches) == 0, [b.reasons for b in batches]

    def number(self, person: int) -> str:
        """ID number of a person."""
        return number(person)

    def person(self, person: int) -> str:
        """Pseudonym of a person."""
        return Vault(self.home).person(number(person))

    def household(self, household: str) -> str:
        """Pseudonym of a household's number."""
        return Vault(self.home).household(household)


def hand_on(offices: Offices) -> Offices:
    """Family 1 and 2 had number H1 and assistance since 2024, and moved away in March 2025; in May
    2026 the register office gave H1 to family 3 and 4. Family 5 lives at H5 all the time."""
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.register(2, "H1", "在册", "2024-01-10", "子女")
    offices.register(5, "H5", "在册", "2024-01-10")
    offices.says(
        "assistance_rolls", household_no="H1", id_number=number(1), name="李试1",
        assistance_class="低保", event="确认", monthly_amount=600, persons_covered=2,
        effective_on="2024-01-20",
    )  # fmt: skip
    offices.deliver("2024-01")
    offices.register(1, "H1", "迁出", "2025-03-02")
    offices.register(2, "H1", "迁出", "2025-03-05", "子女")
    offices.deliver("2025-03")
    offices.register(3, "H1", "迁入", "2026-05-11")
    offices.register(4, "H1", "迁入", "2026-05-12", "配偶")
    offices.deliver("2026-05")
    return offices


MAY = date(2026, 5, 31)
APRIL = date(2026, 4, 30)
