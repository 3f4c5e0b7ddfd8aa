"""The same checks as ingest makes on an employment file, written in plain pandas, for comparison.

What the vault keeps (names and numbers, encrypted) is left out: it would come on top.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from data.checks import REASONS
from data.contracts import load_contract
from data.crypto import Pseudonyms
from data.identity import CHECK_DIGITS, WEIGHTS

DELIVERED = pd.Timestamp("2026-06-28")
_KEY = b"k" * 32


def take_in(path: Path, out: Path) -> int:
    """Check one file, write `lake.parquet` and `quarantine.parquet`; rows received."""
    contract = load_contract(path.name and "employment")
    rows = pd.read_csv(path, dtype=str, encoding="utf-8", keep_default_na=False, na_values=[""])
    rows.columns = [{f.zh: f.name for f in contract.fields}[c] for c in rows.columns]
    written, rows = rows, rows.apply(_tidy)
    number, reason = _checked_numbers(rows["id_number"])
    distinct = number.dropna().unique()
    of = Pseudonyms(_KEY, "p").of
    lake = pd.DataFrame({"person": number.map(dict(zip(distinct, map(of, distinct), strict=True)))})
    field = reason.where(reason.isna(), "id_number")
    faults = [
        (rows[f.name].isna(), "missing_required", f.name) for f in contract.fields if f.required
    ]
    for f in contract.fields[2:]:
        lake[f.name], wrong = _parsed(rows[f.name], f)
        faults += [(bad, code, f.name) for bad, code in wrong]
    for bad, code, name in faults:
        fresh = bad & reason.isna()
        reason, field = reason.mask(fresh, code), field.mask(fresh, name)
    good = reason.isna()
    lake = lake.assign(known_on=DELIVERED, batch="202606-20260628-00000000")
    kept = lake[good].assign(name=rows["name"].where(number.isna())).drop_duplicates()
    kept.drop(columns="name").to_parquet(out / "lake.parquet", compression="zstd", index=False)
    refused = written[~good].assign(
        row_no=written.index[~good] + 2,
        reason_code=reason,
        reason_field=field,
        reason_zh=reason.map({c: w[0] for c, w in REASONS.items()}),
    )
    refused.to_parquet(out / "quarantine.parquet", compression="zstd", index=False)
    return len(rows)


def _tidy(column: pd.Series) -> pd.Series:
    """Half-width and trimmed, each distinct text once; what says nothing is missing."""
    distinct = column.dropna().unique()
    clean = {t: unicodedata.normalize("NFKC", t).strip(" \t\r\n'`\"") for t in distinct}
    return column.map(
        {t: None if c in ("", "无", "-", "/", "NULL") else c for t, c in clean.items()}
    )


def _checked_numbers(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Cleaned numbers (missing where wrong) and why each wrong one is wrong."""
    number = texts.str.replace(r"[\s'`\"_-]", "", regex=True).str.upper()
    reason = pd.Series(None, index=texts.index, dtype=object)
    well = number.str.fullmatch(r"\d{17}[\dX]", na=False)
    digits = np.array(number[well].tolist(), dtype="S18").view(np.uint8).reshape(-1, 18)
    check = np.frombuffer(CHECK_DIGITS.encode(), np.uint8)
    right = check[(digits[:, :17] - 48).astype(int) @ np.array(WEIGHTS) % 11] == digits[:, 17]
    born = pd.to_datetime(number[well].str.slice(6, 14), format="%Y%m%d", errors="coerce")
    reason[well & texts.notna()] = np.where(
        right, np.where(born.notna(), None, "bad_birth_in_id"), "bad_checksum"
    )
    reason[~well & texts.notna()] = "bad_length"
    return number.where(reason.isna()), reason


def _parsed(text: pd.Series, f) -> tuple[pd.Series, list]:  # type: ignore[no-untyped-def]
    """A column's values, and which rows are wrong for which reason."""
    if f.codes or f.kind == "boolean":
        known = f.spellings if f.codes else {"是": True, "否": False, "1": True, "0": False}
        value = text.map(known)
        return value, [(value.isna() & text.notna(), "bad_code")]
    if f.kind == "date":
        value = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        wrong = [(value.isna() & text.notna(), "bad_date")]
        return value, wrong if f.future_allowed else [*wrong, (value > DELIVERED, "future_date")]
    value = pd.to_numeric(text.str.replace(r"[,，￥¥元]", "", regex=True), errors="coerce")
    wrong = [(value.isna() & text.notna(), "bad_number")]
    return value, wrong if f.minimum is None else [*wrong, (value < f.minimum, "out_of_range")]
