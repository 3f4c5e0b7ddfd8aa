"""Invented employers, the same for a person in every department's file."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.levels import REGION
from simulator.world.names import padded

FIRMS = 400
NAMED = np.array(list("安和顺兴盛达旺隆泰丰瑞祥华裕源康"))
LINES = np.array(["建筑工程", "纺织", "食品", "物流", "商贸", "电子", "环保", "家具"])
OFFICES = np.array(
    ["望河县第一中学", "望河县人民医院", "望河县市政管理所", "望河县农技站", "望河县中心小学"]
)


def employer_numbers(persons: np.ndarray, work: np.ndarray) -> np.ndarray:
    """Tax number of each person's employer: by the person, since nobody changes firm here."""
    firm = _firm(persons)
    kind = np.where(work == c.PUBLIC, "12", "91")
    return np.char.add(np.char.add(np.char.add(kind, REGION + "MB"), padded(firm, 7)), "X")


def employers(persons: np.ndarray, work: np.ndarray) -> np.ndarray:
    """Its name; nobody's where no employer is known."""
    firm = _firm(persons)
    name = np.char.add("望河县", NAMED[firm % len(NAMED)])
    name = np.char.add(np.char.add(name, NAMED[firm // 16 % len(NAMED)]), LINES[firm % len(LINES)])
    name = np.char.add(name, "有限公司")
    name = np.where(work == c.PUBLIC, OFFICES[firm % len(OFFICES)], name)
    return np.where(np.isin(work, (c.FORMAL, c.PUBLIC, c.PUBLIC_POST)), name, "")


def _firm(persons: np.ndarray) -> np.ndarray:
    """A few large employers and many small ones."""
    share = (persons.astype("u8") * np.uint64(2654435761) % np.uint64(100_003)).astype(
        "f8"
    ) / 100_003
    return (share**2 * FIRMS).astype("i8")
