"""The true state of the county in one month: two tables of numpy columns and a clock.

Nothing here is ever shown to features or models; departments see it late and in part.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

NEVER = -9999  # a month that never was

# Household columns. Money in yuan (a month where the name says nothing else). `key` is whose luck
# a household draws (its row in the whole county); a person keeps the `key` given at the start.
HOUSEHOLD: dict[str, str] = {
    "key": "u8", "town": "i1", "village": "i2", "urban": "?", "frailty": "f4", "luck": "f4",
    "savings": "f4", "debt": "f4", "repay": "f4", "land": "f4", "tie": "f4", "property": "f4",
    "habit": "f4", "aware": "f4", "roll": "i1", "roll_since": "i4", "amount": "f4",
    "monitored_kind": "i1", "left_at": "i4", "refused_at": "i4", "ever": "?",
    "run": "i1", "in_need": "?", "unmet": "?", "unmet_since": "i4",
    "apply_at": "i4", "review_at": "i4", "grant_at": "i4", "grants": "i1", "cash": "f4",
    "last_visit": "i4", "n": "i1", "income": "f4", "smooth": "f4", "wages": "f4",
    "business": "f4", "transfer": "f4", "rigid": "f4", "medical": "f4", "education": "f4",
    "rehab": "f4", "left_over": "f4", "gap": "f4",
    "kind": "i1", "danger": "i1", "area": "f4", "rooms": "i1", "acquired": "i4",
    "acquired_how": "i1", "rent": "f4", "rent_subsidy": "?", "arrears": "i1", "damage": "i1",
    "dwelling": "i1", "floor": "i1", "roof": "i1", "water": "i1", "toilet": "i1", "fuel": "i1",
    "hazard": "?", "earner_lost": "i4", "applied_at": "i4", "found_at": "i4", "aided_at": "i4",
    "orders": "i4", "uplift": "f4", "cared": "?", "doctor": "?", "rehab_aid": "?",
    "drew": "?", "borrowed": "?", "bank": "?", "sold": "?",
}  # fmt: skip

# Person columns. `born`, and `held` (in prison since), count days since 1970-01-01.
PERSON: dict[str, str] = {
    "key": "u8", "hh": "i4", "registered": "i4", "relation": "i1", "sex": "i1", "born": "i4",
    "alive": "?", "here": "?", "prison": "?", "held": "i4", "marital": "i1", "educ": "i1",
    "skill": "f4", "work": "i1", "trade": "i1", "wage": "f4", "away": "?", "tenure": "i2",
    "jobless": "i2", "benefit": "i1",
    "listed_jobless": "?", "hard": "?", "health": "i1", "disease": "i1", "treat": "f4",
    "oop12": "f4", "dis_cat": "i1", "dis_grade": "i1", "certified": "?", "pension": "f4",
    "pension_kind": "i1", "insured": "?", "stage": "i1", "grade": "i1", "boarding": "?",
    "fee": "f4", "aid": "i1", "status": "i1", "region": "i4", "seq": "i2", "surname": "i2",
    "given": "i2", "phone": "i4", "orphan": "?", "allowance": "?", "nursing": "?",
}  # fmt: skip


class Columns(dict[str, np.ndarray]):
    """A table of equally long arrays, read and set as attributes."""

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: np.ndarray) -> None:
        if name not in self:
            raise AttributeError(f"no column '{name}'; the state has {', '.join(self)}")
        self[name] = value.astype(self[name].dtype, copy=False)

    def copy(self) -> Columns:
        """A deep copy: futures must not touch the present."""
        return Columns({name: array.copy() for name, array in self.items()})


def blank(spec: dict[str, str], rows: int) -> Columns:
    """A table of `rows` zero rows with the columns of `spec`."""
    return Columns({name: np.zeros(rows, dtype=dtype) for name, dtype in spec.items()})


def person_keys(household: np.ndarray, month: int, ordinal: np.ndarray) -> np.ndarray:
    """Keys of persons who come into being in `month` as the `ordinal`-th (0..255) of a household.

    They depend on nothing but the person's own household, and no two are alike.
    """
    return (household << np.uint64(24)) | np.uint64(month << 8) | ordinal.astype("u8")


def ordinals(households: np.ndarray) -> np.ndarray:
    """For each row, how many rows of the same household came before it."""
    order = np.argsort(households, kind="stable")
    ranked = households[order]
    new = np.r_[True, ranked[1:] != ranked[:-1]][: len(ranked)]
    starts = np.flatnonzero(new)
    result = np.empty(len(order), "i8")
    result[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return result


@dataclass
class State:
    """Households `h`, persons `p`, the economy, and what identifies this world.

    `month` is the last month lived, as year * 12 + month - 1. `econ` is the log deviation of
    pay and jobs by trade and township. `things` are tables of what people own (see `assets`): life
    does not depend on them, so futures do without.
    """

    h: Columns
    p: Columns
    econ: np.ndarray
    month: int
    seed: int
    first: int
    setting: str = "normal"
    extra: dict[str, Any] = field(default_factory=dict)
    things: dict[str, Columns] = field(default_factory=dict)
    _age: tuple[tuple[int, int], np.ndarray] | None = field(default=None, repr=False)

    def copy(self) -> State:
        """An independent copy of the lives; their things stay behind."""
        return State(
            self.h.copy(), self.p.copy(), self.econ.copy(), self.month, self.seed, self.first,
            self.setting, dict(self.extra),
        )  # fmt: skip

    def present(self) -> np.ndarray:
        """Persons alive, in the county's households and not in prison."""
        return self.p.alive & self.p.here & ~self.p.prison

    def age(self) -> np.ndarray:
        """Age in whole years at the end of the current month (kept until the month changes)."""
        key = (self.month, len(self.p.born))
        if self._age is None or self._age[0] != key:
            today = np.int32((self.month + 1) * 30.436875 - 1970 * 365.2425)
            self._age = (key, (today - self.p.born) * 4 // 1461)
        return self._age[1]

    def per_household(self, values: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        """Sum of person `values` (where `mask`) by household."""
        if mask is None:
            return np.bincount(self.p.hh, weights=values, minlength=len(self.h.town))
        return np.bincount(
            self.p.hh[mask], weights=np.broadcast_to(values, mask.shape)[mask],
            minlength=len(self.h.town),
        )  # fmt: skip

    def count(self, mask: np.ndarray) -> np.ndarray:
        """Number of persons of `mask` by household."""
        return np.bincount(self.p.hh[mask], minlength=len(self.h.town))

    def add_persons(self, rows: Columns) -> np.ndarray:
        """Append persons; returns their row numbers."""
        start = len(self.p.hh)
        for name, array in self.p.items():
            self.p[name] = np.concatenate([array, rows[name].astype(array.dtype, copy=False)])
        return np.arange(start, start + len(rows["hh"]))

    def add_households(self, rows: Columns) -> np.ndarray:
        """Append households; returns their row numbers. Nobody lives in them yet."""
        start = len(self.h.n)
        for name, array in self.h.items():
            self.h[name] = np.concatenate([array, rows[name].astype(array.dtype, copy=False)])
        return np.arange(start, start + len(rows["n"]))

    def part(self, households: np.ndarray) -> State:
        """Households `households` alone, each with its own luck as in the whole county.

        Their things stay behind, and so does `extra`: they neither split nor merge.
        """
        place = np.full(len(self.h.town), -1, "i4")
        place[households] = np.arange(len(households))
        inside = place[self.p.hh] >= 0
        h = Columns({name: array[households] for name, array in self.h.items()})
        p = Columns({name: array[inside] for name, array in self.p.items()})
        p["hh"], p["registered"] = place[p["hh"]], place[p["registered"]]
        return State(h, p, self.econ.copy(), self.month, self.seed, self.first, self.setting)

    def save(self, path: Path) -> None:
        """Write as one npz file."""
        meta = {"month": self.month, "seed": self.seed, "first": self.first}
        meta |= {"setting": self.setting, "extra": self.extra}
        arrays = {f"h_{k}": v for k, v in self.h.items()} | {f"p_{k}": v for k, v in self.p.items()}
        for thing, columns in self.things.items():
            arrays |= {f"t_{thing}.{k}": v for k, v in columns.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            np.savez(out, econ=self.econ, meta=np.array(json.dumps(meta)), **arrays)


def load(path: Path) -> State:
    """Read a state written by `State.save`.

    Raises FileNotFoundError with the path when there is none.
    """
    if not path.exists():
        raise FileNotFoundError(f"no saved world state at {path}; simulate a county first")
    with np.load(path) as file:
        meta = json.loads(str(file["meta"]))
        h = Columns({k[2:]: file[k] for k in file.files if k.startswith("h_")})
        p = Columns({k[2:]: file[k] for k in file.files if k.startswith("p_")})
        things: dict[str, Columns] = {}
        for key in file.files:
            if key.startswith("t_"):
                thing, column = key[2:].split(".")
                things.setdefault(thing, Columns())[column] = file[key]
        return State(h, p, file["econ"], **meta, things=things)
