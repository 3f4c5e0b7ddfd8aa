"""死亡殡葬: funerals and health notices; burials in far villages often go unrecorded."""

from __future__ import annotations

import numpy as np

from simulator.world.clock import Frame
from simulator.world.departments.desk import NO_DATE, Desk, due
from simulator.world.names import padded


def observe(desk: Desk) -> list[Frame]:
    """Deaths of the month that someone reported, after none to three months."""
    dead = desk.now.log.get("death")
    if dead is None or desk.month < desk.state.first - 11:
        return []
    rng = desk.rng("deaths")
    hh = desk.state.p.hh[dead["person"]]
    quality, urban = desk.quality(hh), desk.state.h.urban[hh]
    told = rng.random(len(hh)) < np.where(urban, 0.75 + 0.2 * quality, 0.15 + 0.65 * quality)
    persons, on, accident = dead["person"][told], dead["on"][told], dead["accident"][told]
    size = len(persons)
    burned = rng.random(size) < np.where(urban[told], 0.95, 0.5)
    source = np.where(burned, "殡仪馆", np.where(rng.random(size) < 0.6, "卫健", "公安"))
    other = rng.random(size) < 0.08
    return [
        desk.people(persons) | {
            "certificate_no": np.char.add("SW", padded(persons, 8)),
            "cause_group": np.where(accident, "意外", np.where(other, "其他", "疾病")),
            "cremated_on": np.where(burned, on + np.timedelta64(2, "D"), NO_DATE),
            "source": source,
            "died_on": on,
            "due": due(desk, rng.choice([0, 1, 2, 3], size, p=[0.55, 0.25, 0.12, 0.08])),
        }
    ]  # fmt: skip
