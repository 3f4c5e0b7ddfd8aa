"""门诊慢特病: listings once, then what was recognised, renewed and ended, every quarter."""

from __future__ import annotations

import numpy as np

from simulator.world.assets import listings as ls
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import NO_DATE, Desk, changed, quarter
from simulator.world.departments.faults import trouble


def observe(desk: Desk) -> list[Frame]:
    """Every listing in the month of the first delivery; then each event."""
    things = desk.state.things.get("listing")
    if things is None:
        return []
    rows = np.arange(len(things.disease)) if desk.stock else changed(desk, things)
    disease, ended = things.disease[rows], things.event[rows] == ls.ENDED
    other = things.as_other[rows]
    frame = desk.people(things.owner[rows]) | {
        "disease": ls.DISEASE[np.where(other, ls.OTHER, disease)],
        "list_class": np.where(things.grave[rows], "特殊病", "慢性病"),
        "event": ls.EVENT[things.event[rows]],
        "valid_until": np.where(ended, NO_DATE, month_day(things.until[rows].astype("i8"), 28)),
        "recognised_on": things.on[rows].astype("datetime64[D]"),
        "due": quarter(desk, len(rows)),
    }
    return [frame | trouble("listed_as_other", "disease", other, ls.DISEASE[disease])]
