"""The same checks as ingest makes on an employment file, written in plain pandas, for comparison.

Checked alike: headers, ID numbers, required cells, codes, dates and how far they may lie, amounts,
the contract's rules on order, ID numbers and phones where none belong, repeats. What the vault
keeps (names and numbers, encrypted) is left out, as are cut dates and units in titles: they would
come on top.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from data.checks import REASONS
from data.contracts import Field, load_contract
from data.crypto import Pseudonyms
from data.identity import CHECK_DIGITS, WEIGHTS
from data.quality import Rule

_PERSONAL = (
    r"(?:^|[^0-9])(?:[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]"
    r"|1[3-9][0-9]{9}(?:$|[^0-9]))"
)
DELIVERED = pd.Timestamp("2026-06-28")
_KEY = b"k" * 32


def take_in(path: Path, out: Path) -> int:
    """Check one file, write `lake.parquet` and `quarantine.parquet`; rows received."""
    contract = load_contract(path.name and "employment")
    rows = pd.read_csv(path, dtype=str, encoding="utf-8", keep_default_na=False, na_values=[""])
    rows.columns = [{f.zh: f.name for f in contract.fields}[c] for c in rows.columns]
    written, rows = rows, rows.apply(_tidy)
    number, reason, born = _checked_numbers(rows["id_number"])
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
        faults += _personal(rows[f.name].where(lake[f.name].isna()), f)
    lake["born"] = born
    faults += [_out_of_order(lake, rule) for rule in contract.rules if rule.kind == "order"]
    lake = lake.drop(columns="born")
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


def _personal(text: pd.Series, f: Field) -> list:
    """ID numbers and phones in a column that is for neither."""
    told = text.dropna()
    if f.kind != "string" or told.empty:
        return []
    hit = told.str.contains(_PERSONAL).reindex(text.index, fill_value=False)
    return [(hit, "personal_data", f.name)]


def _out_of_order(lake: pd.DataFrame, rule: Rule) -> tuple[pd.Series, str, str]:
    first, then = rule.arguments["first"], rule.arguments["then"]
    days = pd.to_timedelta(rule.tolerance, unit="D")
    return lake[first] - lake[then] > days, rule.name, then


def _checked_numbers(texts: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Cleaned numbers (missing where wrong), why each wrong one is wrong, birth dates."""
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
    return number.where(reason.isna()), reason, born.reindex(texts.index)


def _parsed(text: pd.Series, f: Field) -> tuple[pd.Series, list]:
    """A column's values, and which rows are wrong for which reason."""
    if f.codes or f.kind == "boolean":
        known = f.spellings if f.codes else {"是": True, "否": False, "1": True, "0": False}
        value = text.map(known)
        return value, [(value.isna() & text.notna(), "bad_code")]
    if f.kind == "date":
        value = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        last = DELIVERED + pd.to_timedelta(f.days_ahead, unit="D")
        wrong = [(value.isna() & text.notna(), "bad_date"), (value > last, "future_date")]
        return value, [*wrong, (value < pd.Timestamp(f.earliest), "too_long_ago")]
    value = pd.to_numeric(text.str.replace(r"[,，￥¥元]", "", regex=True), errors="coerce")
    wrong = [(value.isna() & text.notna(), "bad_number")]
    low, high = f.minimum, f.maximum
    wrong += [] if low is None else [(value < low, "out_of_range")]
    return value, wrong + ([] if high is None else [(value > high, "out_of_range")])
