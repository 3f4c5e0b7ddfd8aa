"""How many visits a month each question really has: the size at which models are compared."""

from __future__ import annotations

import pyarrow.parquet as pq

from alerts.policy import load_policy
from core.home import Home
from models.risk.dataset import profile_file


def lane_slots(home: Home) -> dict[str, int]:
    """Visits a month by question, from the county's alert policy and its newest profile.

    Empty when the county has no profile yet; training then takes its own default.
    """
    months = [m for m in home.months("profile") if profile_file(home, m).exists()]
    if not months:
        return {}
    households = pq.read_metadata(profile_file(home, months[-1])).num_rows
    return load_policy(home, months[-1]).slots(households)
