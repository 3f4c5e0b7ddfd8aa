"""Where everything lives under a home folder (`--home DIR`).

One class names every path once, so no other file spells a folder name.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml


class HomeError(Exception):
    """The home folder lacks something a command needs; the message says what to run."""


def month_end(month: str | date) -> date:
    """Last day of a month given as '2026-06', '2026-06-14' or a date.

    Raises HomeError for anything else.
    """
    if isinstance(month, date):
        year, number = month.year, month.month
    else:
        match = re.fullmatch(r"(\d{4})-(\d{1,2})(-\d{1,2})?", month.strip())
        if not match or not 1 <= int(match[2]) <= 12:
            raise HomeError(f"'{month}' is not a month; write it like 2026-06")
        year, number = int(match[1]), int(match[2])
    return date(year, number, calendar.monthrange(year, number)[1])


def add_months(day: date, months: int) -> date:
    """Month end `months` after (or before, if negative) the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return month_end(date(index // 12, index % 12 + 1, 1))


class _County(dict[str, Any]):
    """county.yaml; a key that it lacks is told like everything else that is missing."""

    def __missing__(self, key: str) -> Any:
        if key in ("first_as_of", "last_as_of"):
            raise HomeError(
                "no month was run yet: run 'doudi ingest DIR', then 'doudi run --as-of MONTH'"
            )
        raise HomeError(f"county.yaml lacks '{key}'; set the county up again with 'doudi init'")


@dataclass(frozen=True)
class Home:
    """Paths of one county's data below `root`."""

    root: Path

    @property
    def data(self) -> Path:
        """Everything but MLflow's store."""
        return self.root / "data"

    @property
    def incoming(self) -> Path:
        """Department files as delivered, one folder per month."""
        return self.data / "incoming"

    @property
    def lake(self) -> Path:
        """Checked, pseudonymous Parquet tables."""
        return self.data / "lake"

    @property
    def vault(self) -> Path:
        """Key, names, ID numbers, phones, quarantined rows: readable by the owner only."""
        return self.data / "vault"

    @property
    def truth(self) -> Path:
        """The synthetic world's sealed truth; absent for real data."""
        return self.data / "truth"

    @property
    def county_file(self) -> Path:
        """Who this home is about; see `county`."""
        return self.data / "county.yaml"

    @property
    def standards_file(self) -> Path:
        """Dated standards S, D, M, W, k, theta by region."""
        return self.data / "standards.yaml"

    @property
    def regions_file(self) -> Path:
        """Townships with outlines and villages."""
        return self.data / "regions.geojson"

    @property
    def region_table(self) -> Path:
        """Every place there is or was, with dates; absent where no code ever changed."""
        return self.data / "regions.csv"

    @property
    def bands_file(self) -> Path:
        """Bars of the bands fitted on this county's own past months; absent until then."""
        return self.data / "bands.yaml"

    @property
    def workflow_db(self) -> Path:
        """SQLite store of alerts, needs, events."""
        return self.data / "doudi.db"

    @property
    def reports(self) -> Path:
        """JSON reports the pages read (model report, ...)."""
        return self.data / "reports"

    @property
    def outcomes(self) -> Path:
        """What visits to alerts found: `findings.parquet`, written by alerts, read by models."""
        return self.data / "outcomes"

    @property
    def mlruns(self) -> Path:
        """MLflow's database and artifacts."""
        return self.root / "mlruns"

    def monthly(self, kind: str, as_of: date) -> Path:
        """Folder of one month's `profile`, `scores` or `risk` tables."""
        return self.data / kind / f"as_of={as_of.isoformat()}"

    def has_profile(self, as_of: date) -> bool:
        """Whether a month's table of households was built."""
        return (self.monthly("profile", as_of) / "household.parquet").exists()

    def months(self, kind: str) -> list[date]:
        """Months for which `kind` tables exist, oldest first."""
        folder = self.data / kind
        if not folder.is_dir():
            return []
        names = (p.name.removeprefix("as_of=") for p in folder.glob("as_of=*") if p.is_dir())
        return sorted(date.fromisoformat(n) for n in names)

    @property
    def county(self) -> dict[str, Any]:
        """Content of county.yaml as it stands: its last month moves on while a home lives.

        Where the file names no first and last month, as a bureau's does not, they are the first
        and last that were run; asking for them before any run raises HomeError, as does a home
        that holds no county yet.
        """
        if not self.county_file.exists():
            raise HomeError(
                f"no county in {self.root}: set one up with 'doudi init', make an invented one "
                "with 'doudi demo', or give --home DIR"
            )
        about = _County(yaml.safe_load(self.county_file.read_text(encoding="utf-8")) or {})
        if "last_as_of" not in about and (run := self.months("profile")):
            scored = self.months("scores") or run
            about.setdefault("first_as_of", run[0].isoformat())
            about["last_as_of"] = scored[-1].isoformat()
        return about
