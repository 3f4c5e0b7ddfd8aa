"""市场主体: firms and the people behind them, a row a person and role; then changes."""

from __future__ import annotations

import numpy as np

from simulator.world.assets import firms as f
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, quarter
from simulator.world.departments.faults import trouble
from simulator.world.levels import REGION
from simulator.world.names import SURNAMES, padded

LINES = np.array(["商行", "餐饮店", "建材经营部", "农资店", "理发店", "汽修店", "超市", "服装店"])
FORMS = np.array(["", "有限公司", "专业合作社"])
NAMED = np.array(list("安和顺兴盛达旺隆泰丰瑞祥华裕源康"))
# 个体工商户 begin with 92, companies with 91, cooperatives with 93.
CODES = np.array(["92", "91", "93"])


def observe(desk: Desk) -> list[Frame]:
    """Every firm in the month of the first delivery; then each that was founded or ended."""
    firms, stakes = desk.state.things.get("firm"), desk.state.things.get("stake")
    if firms is None or stakes is None:
        return []
    changed = np.ones(len(firms.kind), bool) if desk.stock else firms.changed == desk.month
    rows = np.flatnonzero(changed[stakes.firm])
    firm, person = stakes.firm[rows], stakes.owner[rows]
    role, capital = stakes.role[rows], firms.capital[firm].astype("f8")
    share = stakes.share[rows].astype("f8")
    frame = desk.people(person)
    frame["id_number"] = np.where(stakes.no_id[rows], "", frame["id_number"])
    was = desk.papers.ids[person]
    frame |= {
        "credit_no": credit_numbers(firms.kind[firm], firm),
        "firm_name": firm_names(firms.kind[firm], firm),
        "kind": f.KIND[firms.kind[firm]],
        "role": f.ROLE[role],
        "share": share,
        "contributed": np.where(np.isnan(share), np.nan, np.round(capital * share / 100, 0)),
        "capital": capital,
        "founded_on": firms.founded[firm].astype("datetime64[D]"),
        "state": f.STATE[firms.state[firm]],
        "changed_on": firms.on[firm].astype("datetime64[D]"),
        "due": quarter(desk, len(rows)),
    }
    frame |= trouble("dead_firm", "state", firms.dead[firm], "已停业")
    frame |= trouble("nominee", "role", stakes.nominee[rows], "挂名")
    frame |= trouble("shareholder_without_id", "id_number", stakes.no_id[rows], was)
    return [frame]


def credit_numbers(kind: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """Unified social credit codes of a county that is none."""
    first = np.char.add(CODES[kind], REGION + "MA")
    return np.char.add(np.char.add(first, padded(firm, 7)), "X")


def firm_names(kind: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """Names of firms; a sole trader's often begins with a surname."""
    own = NAMED[firm % len(NAMED)]
    own = np.char.add(own, np.where(kind == f.SOLE, "", NAMED[firm // 16 % len(NAMED)]))
    first = np.where((kind == f.SOLE) & (firm % 3 == 0), SURNAMES[firm % len(SURNAMES)], "望河")
    line = np.where(kind == f.COOPERATIVE, "种植养殖", LINES[firm // 5 % len(LINES)])
    return np.char.add(np.char.add(np.char.add(first, own), line), FORMS[kind])
