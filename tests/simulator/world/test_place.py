"""The invented place: regions that tile, standards with dates, identity numbers nobody holds."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import numpy as np

from core.home import Home
from data.standards import Standards
from simulator.world import geography
from simulator.world.departments.faults import damage_id
from simulator.world.levels import standards
from simulator.world.names import check_character


def area(ring: list[list[float]]) -> float:
    x, y = np.array(ring).T
    return abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1])) / 2


def test_twelve_townships_tile_the_county() -> None:
    rings = geography.outlines()
    assert len(rings) == 12
    assert all(ring[0] == ring[-1] for ring in rings)
    points = [p for ring in rings for p in ring]
    assert all(0 <= x <= 0.6 and 0 <= y <= 0.6 for x, y in points)
    # Cells of one polygon: their areas add up to the area inside the outer border.
    edges: dict[tuple, int] = {}
    for ring in rings:
        for a, b in pairwise(ring):
            key = tuple(sorted((tuple(a), tuple(b))))
            edges[key] = edges.get(key, 0) + 1
    shared = sum(1 for n in edges.values() if n == 2)
    assert set(edges.values()) == {1, 2}
    assert shared > 0.5 * len(edges)
    assert 0.2 < sum(area(r) for r in rings) < 0.3


def test_regions_carry_names_in_both_languages_and_their_villages(county: Home) -> None:
    regions = json.loads(county.regions_file.read_text(encoding="utf-8"))
    assert len(regions["features"]) == 12
    villages = [v for f in regions["features"] for v in f["properties"]["villages"]]
    assert 150 <= len(villages) <= 170
    assert len({v["code"] for v in villages}) == len(villages)
    assert len({v["name_zh"] for v in villages}) == len(villages)
    assert all(len(v["code"]) == 12 and v["name_en"] for v in villages)


def test_standards_rise_with_the_years_and_read_back(county: Home) -> None:
    read = Standards.load(county)
    assert read.value("S", "990321", "urban", date(2025, 6, 30)) == 725
    assert read.value("S", "990321", "rural", date(2025, 6, 30)) == 655
    assert read.value("S", "990321", "rural", date(2026, 1, 1)) > 655
    assert read.value("k", "990321", "rural", date(2026, 1, 1)) == 1.5
    assert set(standards()["990321"]) == {"urban", "rural"}


def test_the_check_character_follows_the_published_example() -> None:
    assert check_character(np.array(["11010519491231002"]))[0] == "X"


def test_each_identity_mistake_is_what_its_name_says() -> None:
    number = "99032119700101001X"
    assert damage_id("lower_case_x", number) == "99032119700101001x"
    assert damage_id("fifteen_digits", number) == "990321700101001"
    assert damage_id("full_width", number) == "９９０３２１１９７００１０１００１Ｘ"
    assert damage_id("excel_damaged", number) == "9.90321E+17"
    assert damage_id("bad_checksum", number)[:17] == number[:17]
    assert damage_id("bad_checksum", number) != number
