"""A county of twelve households whose every figure can be counted by hand.

Six are headed by a woman (w), six by a man (m); the model picks the three highest risks:

    household  risk  picked  visited  need  weight of the visit
    w1         .9    yes     yes      yes   1
    w2         .3    no      yes      yes   1
    w3         .3    no      yes      yes   2
    w4         .2    no      yes      no    2
    w5         .1    no      no
    w6         .1    no      no
    m1         .8    yes     yes      yes   1
    m2         .7    yes     yes      no    3
    m3         .2    no      yes      yes   1
    m4         .1    no      yes      no    4
    m5         .1    no      no
    m6         .1    no      no
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.risk.groups import cutoff
from models.risk.groups.cutoff import Picks

MONTH = date(2026, 1, 31)
NO = float("nan")
ROWS = [
    ("w1", 0.9, 1, 1), ("w2", 0.3, 1, 1), ("w3", 0.3, 1, 2), ("w4", 0.2, 0, 2),
    ("w5", 0.1, NO, 0), ("w6", 0.1, NO, 0), ("m1", 0.8, 1, 1), ("m2", 0.7, 0, 3),
    ("m3", 0.2, 1, 1), ("m4", 0.1, 0, 4), ("m5", 0.1, NO, 0), ("m6", 0.1, NO, 0),
]  # fmt: skip


def scored(rows=ROWS) -> pd.DataFrame:
    """The rows as a training keeps them."""
    frame = pd.DataFrame(rows, columns=["household", "model", "label", "weight"])
    return frame.assign(
        as_of=MONTH, watch="at_risk", in_process=False, reason="round", truth=np.nan
    )


def members(frame: pd.DataFrame) -> pd.DataFrame:
    """Sex of the head from the household's name."""
    return pd.DataFrame({"head_sex": np.where(frame["household"].str[0] == "w", "woman", "man")})


def picked(slots: int = 3, false: float | None = None, frame: pd.DataFrame | None = None) -> Picks:
    """The lane with its picks."""
    rows = scored() if frame is None else frame
    return cutoff.picks(rows, members(rows), slots, false, "label")
