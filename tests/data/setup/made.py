"""A small county's answers and tables, written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from data.contracts import all_feeds
from data.setup.answers import Answers
from data.setup.figures import NEEDED, Figure
from data.setup.regions_table import read_places

TABLE = """代码,名称,上级代码,城乡
421234001,城关街道,421234,城镇
421234001001,东门社区,421234001,城镇
421234100,清河镇,421234,农村
421234100201,石桥村,421234100,农村
421234100202,柳林村,421234100,农村
"""
VALUES = {"S": 700, "D": 30_000, "M": 9_000, "W": 1_800, "k": 1.5, "theta": 0.6}
YEAR = date(2026, 1, 1)


def figures(since: date = YEAR) -> tuple[Figure, ...]:
    """Every needed standard, urban and rural, from one notice."""
    return tuple(
        Figure(name, side, since, VALUES[name], "清民发〔2026〕1号", date(2025, 12, 20))
        for name in NEEDED
        for side in ("urban", "rural")
    )


def answers(**other: Any) -> Answers:
    """A county that can be set up, with other values where they are given."""
    whole = Answers(
        "421234",
        "清河县",
        "Qinghe",
        "某省",
        "某市",
        tuple(read_places(TABLE.encode())),
        figures(),
        tuple(all_feeds()),
    )
    return replace(whole, **other)
