"""The county's dated standards, as arrays for the world and as the standards.yaml of a home."""

from __future__ import annotations

import numpy as np

REGION = "990321"
YEARS = (2021, 2022, 2023, 2024, 2025, 2026, 2027)
# One text for readers of both languages: a document's name is shown as it was entered.
NOTICE = (
    "望禾县{year}年标准通知（虚构，水平参照鄂中某市） / Wanghe county notice of {year} (invented; "
    "level modelled on a central Hubei city)"
)

# name: (unit, urban by year, rural by year). Yearly growth follows published averages.
SERIES: dict[str, tuple[str, tuple[float, ...], tuple[float, ...]]] = {
    "S": ("yuan/person/month", (615, 640, 665, 695, 725, 750, 775),
          (530, 560, 590, 625, 655, 685, 715)),
    "D": ("yuan/person/year", (30000, 31200, 32500, 34200, 36000, 37600, 39200),
          (16200, 17200, 18300, 19200, 20200, 21300, 22400)),
    "M": ("yuan/person/year", (6500, 7000, 7600, 8200, 8700, 9100, 9500),
          (6500, 7000, 7600, 8200, 8700, 9100, 9500)),
    "W": ("yuan/month", (1600, 1660, 1700, 1750, 1800, 1850, 1900),
          (1600, 1660, 1700, 1750, 1800, 1850, 1900)),
    "k": ("ratio", (1.5,) * 7, (1.5,) * 7),
    "theta": ("ratio", (0.6,) * 7, (0.6,) * 7),
    "floor_line": ("m2/person", (15,) * 7, (15,) * 7),
    # Asset limits of an edge family, after the local rules of policy §1.3; nothing in the world
    # reads them.
    "fin_limit": ("months of S/person", (24,) * 7, (24,) * 7),
    "car_limit": ("months of S", (80,) * 7, (80,) * 7),
    "home_limit": ("times floor_line", (3,) * 7, (3,) * 7),
    "firm_limit": ("yuan", (100_000,) * 7, (100_000,) * 7),
}  # fmt: skip


def level(name: str, month: int, urban: np.ndarray) -> np.ndarray:
    """Standard `name` in force in `month` for each household, by urban or rural."""
    _, town, country = SERIES[name]
    year = min(max(month // 12, YEARS[0]), YEARS[-1]) - YEARS[0]
    return np.where(urban, town[year], country[year]).astype("f4")


def standards(region: str = REGION) -> dict[str, dict[str, dict[str, object]]]:
    """The content of standards.yaml: region -> urban/rural -> name -> dated values."""

    def dated(values: tuple[float, ...]) -> dict[str, dict[str, object]]:
        # A value that did not change is written once, at its first date.
        return {
            f"{year}-01-01": {"value": value, "reference": NOTICE.format(year=year)}
            for i, (year, value) in enumerate(zip(YEARS[:-1], values, strict=False))
            if i == 0 or value != values[i - 1]
        }

    sides = {"urban": 1, "rural": 2}
    return {
        region: {
            side: {
                name: {"unit": series[0], "values": dated(series[at])}
                for name, series in SERIES.items()
            }
            for side, at in sides.items()
        }
    }
