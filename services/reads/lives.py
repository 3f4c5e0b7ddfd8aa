"""A synthetic county lived three times: with Doudi, without, and with the oracle's visits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pandas as pd

from services.reads import base
from services.reads.county import county

FILE = "lives.json"
LIVES = ("without", "with", "oracle")


@dataclass(frozen=True)
class Lived:
    """Households in unmet need at each month's end: columns month and LIVES, up to the month."""

    months: pd.DataFrame

    def total(self, life: str) -> int:
        """Family-months of unmet need of one life."""
        return int(self.months[life].sum())

    @property
    def avoided(self) -> int:
        """Family-months of unmet need without Doudi less those with it."""
        return self.total("without") - self.total("with")

    @property
    def share(self) -> float | None:
        """The avoided ÷ family-months without Doudi."""
        none = self.total("without")
        return self.avoided / none if none else None

    @property
    def of_oracle(self) -> float | None:
        """The avoided ÷ what the oracle avoids with as many visits."""
        best = self.total("without") - self.total("oracle")
        return self.avoided / best if best > 0 else None


@base.cached
def lived(home: str, as_of: date) -> Lived | None:
    """The three lives up to the month; None in a county that is not synthetic.

    Raises NothingYet when they were not lived yet.
    """
    if not county(home).synthetic:
        return None
    path = base.home_at(home).reports / FILE
    if not path.exists():
        raise base.NothingYet("lives", as_of)
    told = json.loads(path.read_text(encoding="utf-8"))
    frame = pd.DataFrame({"month": told["months"], **{name: told[name] for name in LIVES}})
    frame = frame[frame["month"] <= f"{as_of:%Y-%m}"]
    if frame.empty:
        raise base.NothingYet("lives", as_of)
    return Lived(frame.reset_index(drop=True))
