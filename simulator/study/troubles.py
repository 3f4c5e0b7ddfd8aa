"""Troubles that offices make and the simulated departments do not, put into a county's files.

Each is one habit in one row: a decimal comma, a cut date, a birth in 2099. Which rows, is drawn
from the seed among those that the departments left whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.home import Home
from data.contracts import Contract, load_contract
from data.file_names import parse_file_name
from data.identity import check_digit

Row = dict[str, str]  # a delivered row by field name


@dataclass(frozen=True)
class Trouble:
    """One habit: in which feed and field, what becomes of a row, and how it should end.

    `ends` is `repaired` (the lake has the value that was meant), `noted` (kept, with a warning) or
    `quarantined`; `codes` are the reasons or warnings that are right.
    """

    kind: str
    feed: str
    field: str
    ends: str
    codes: tuple[str, ...]
    spoil: Callable[[Row], Mapping[str, str] | None]


def _born(row: Row, born: str) -> str:
    first = row["id_number"][:6] + born + row["id_number"][14:17]
    return first + check_digit(first)


def _other(field: str, write: Callable[[str], str | None]) -> Callable[[Row], Row | None]:
    """A row with another text in one field; none where there was nothing, or nothing fitting."""

    def spoil(row: Row) -> Row | None:
        written = write(row[field]) if row.get(field) else None
        return None if written is None or written == row[field] else {field: written}

    return spoil


def _amount(form: str) -> Callable[[Row], Row | None]:
    return _other("total_cost", lambda text: form.format(float(text.replace(",", ""))))


CLAIMS, REGISTER = "medical_claims", "population_register"
COST, DAY, BACK, KEPT = "total_cost", "settled_on", "quarantined", "repaired"
TROUBLES = (
    Trouble(
        "decimal_comma",
        CLAIMS,
        COST,
        BACK,
        ("decimal_comma",),
        _other(COST, lambda t: f"{float(t.replace(',', '')):.2f}".replace(".", ",")),
    ),
    Trouble("thousands_and_yuan", CLAIMS, COST, KEPT, (), _amount("￥{:,.2f}元")),
    Trouble(
        "full_width_amount",
        CLAIMS,
        COST,
        KEPT,
        (),
        _other(
            COST, lambda t: t.translate(str.maketrans("0123456789.-", "０１２３４５６７８９．－"))
        ),
    ),
    Trouble(
        "blank_groups",
        CLAIMS,
        COST,
        KEPT,
        (),
        _other(COST, lambda t: f"{float(t.replace(',', '')):,.2f}".replace(",", "\u3000")),
    ),
    Trouble(
        "zero_width_in_amount",
        CLAIMS,
        COST,
        KEPT,
        (),
        _other(COST, lambda t: t[:1] + "\u200b" + t[1:]),
    ),
    Trouble(
        "account_minus",
        CLAIMS,
        COST,
        BACK,
        ("parts_exceed_total",),
        _other(COST, lambda t: f"({t})" if float(t.replace(",", "")) > 10 else None),
    ),
    Trouble(
        "amount_of_10_12",
        CLAIMS,
        COST,
        BACK,
        ("out_of_range",),
        _other(COST, lambda _: "1000000000000"),
    ),
    Trouble(
        "amount_cut",
        CLAIMS,
        COST,
        BACK,
        ("parts_exceed_total",),
        lambda row: (
            {COST: f"{float(row[COST].replace(',', '')) / 100:.2f}"}
            if float(row[COST].replace(",", "")) > 100
            else None
        ),
    ),
    Trouble(
        "month_lost_its_zero",
        CLAIMS,
        DAY,
        BACK,
        ("ambiguous_month",),
        _other(DAY, lambda _: "2025.1"),
    ),
    Trouble(
        "cut_date",
        CLAIMS,
        DAY,
        BACK,
        ("cut_date",),
        _other(DAY, lambda t: t[:-1] if len(t) == 10 and t[4] == "-" else None),
    ),
    Trouble(
        "short_year",
        CLAIMS,
        DAY,
        BACK,
        ("short_year",),
        _other(DAY, lambda t: t[2:] if len(t) == 10 and t[4] == "-" else None),
    ),
    Trouble(
        "no_such_day",
        CLAIMS,
        DAY,
        BACK,
        ("bad_date",),
        _other(DAY, lambda t: t[:5] + "02-30" if len(t) == 10 and t[4] == "-" else None),
    ),
    Trouble(
        "wide_dashes_in_date", CLAIMS, DAY, KEPT, (), _other(DAY, lambda t: t.replace("-", "－"))
    ),
    Trouble(
        "serial_with_time",
        CLAIMS,
        DAY,
        KEPT,
        (),
        _other(
            DAY,
            lambda t: (
                f"{(np.datetime64(t) - np.datetime64('1899-12-30')).astype(int)}.4375"
                if len(t) == 10 and t[4] == "-"
                else None
            ),
        ),
    ),
    Trouble(
        "delivery_in_2062",
        CLAIMS,
        DAY,
        BACK,
        ("future_date",),
        _other(DAY, lambda t: "2062" + t[4:] if t[4] == "-" else None),
    ),
    Trouble(
        "discharge_before_admission",
        CLAIMS,
        "discharged_on",
        BACK,
        ("discharge_before_admission",),
        _other("discharged_on", lambda _: "1999-01-02"),
    ),
    Trouble(
        "code_with_blank",
        CLAIMS,
        "visit_type",
        KEPT,
        (),
        _other("visit_type", lambda t: t[:1] + " " + t[1:]),
    ),
    Trouble(
        "control_character",
        CLAIMS,
        "visit_type",
        BACK,
        ("invisible_character",),
        _other("visit_type", lambda t: t + "\x07"),
    ),
    Trouble(
        "id_number_in_settlement",
        CLAIMS,
        "settlement_no",
        BACK,
        ("personal_data",),
        lambda row: {"settlement_no": row["id_number"]},
    ),
    Trouble(
        "name_in_settlement",
        CLAIMS,
        "settlement_no",
        BACK,
        ("personal_data",),
        lambda row: {"settlement_no": "王小明"},
    ),
    Trouble(
        "born_2099",
        CLAIMS,
        "id_number",
        BACK,
        ("born_in_future",),
        lambda row: {"id_number": _born(row, "20990101")},
    ),
    Trouble(
        "born_1899",
        CLAIMS,
        "id_number",
        BACK,
        ("bad_birth_in_id",),
        lambda row: {"id_number": _born(row, "18991231")},
    ),
    Trouble(
        "zero_width_in_id",
        CLAIMS,
        "id_number",
        KEPT,
        (),
        _other("id_number", lambda t: t[:6] + "\u200b" + t[6:]),
    ),
    Trouble(
        "unknown_township",
        REGISTER,
        "township_code",
        BACK,
        ("unknown_township",),
        _other("township_code", lambda t: t[:6] + "999"),
    ),
    Trouble(
        "village_elsewhere",
        REGISTER,
        "village_code",
        BACK,
        ("village_elsewhere", "unknown_village"),
        _other("village_code", lambda t: t[:7] + ("02" if t[7:9] == "01" else "01") + t[9:]),
    ),
    Trouble(
        "unknown_place_name",
        REGISTER,
        "village_code",
        "noted",
        ("unknown_place",),
        _other("village_code", lambda _: "无此村"),
    ),
)


def plant(home: Home, seed: int, each: int, spared: Mapping[str, set[int]]) -> Iterator[Row]:
    """Put up to `each` of every trouble into the CSV files below incoming.

    `spared` are rows (from 1) by file that stay as they are. Gives file, row, field, kind and what
    was written of each.
    """
    rng = np.random.default_rng(seed)
    left = dict.fromkeys((t.kind for t in TROUBLES), each)
    for path in sorted(home.incoming.rglob("*.csv")):
        delivery = parse_file_name(path.name)
        wanted = [t for t in TROUBLES if delivery and t.feed == delivery.feed and left[t.kind]]
        if delivery and wanted:
            yield from _spoil(path, load_contract(delivery.feed), wanted, left, rng, spared)


def _spoil(
    path: Path,
    contract: Contract,
    wanted: Iterable[Trouble],
    left: dict[str, int],
    rng: np.random.Generator,
    spared: Mapping[str, set[int]],
) -> Iterator[Row]:
    encoding = contract.encoding or "utf-8-sig"
    headers, *rows = csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""))
    field_of = {h: f for f, h in contract.match_headers(headers).items()}
    names = [field_of.get(h, h) for h in headers]
    whole = [n for n in range(len(rows)) if n + 1 not in spared.get(path.name, set())]
    order = iter(rng.permutation(whole).tolist())
    # A tenth of a file at most: a column that is wrong throughout is another matter.
    most = len(rows) // (10 * len(TROUBLES))
    for trouble in wanted:
        for _ in range(min(left[trouble.kind], most)):
            told = _spoil_one(rows, names, trouble, order)
            if told is None:
                break
            left[trouble.kind] -= 1
            yield told | {"file": path.name, "field": trouble.field, "kind": trouble.kind}
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator="\r\n").writerows([headers, *rows])
    # What GBK cannot write stays out of a GBK file, as on the clerk's machine.
    path.write_bytes(page.getvalue().encode(encoding, errors="ignore"))


def _spoil_one(
    rows: list[list[str]], names: list[str], trouble: Trouble, order: Iterator[int]
) -> Row | None:
    """Spoil the next row that can be; None when there is none left."""
    for n in order:
        row = dict(zip(names, rows[n], strict=True))
        changed = trouble.spoil(row) if row.get(trouble.field) else None
        if changed:
            rows[n] = [{**row, **changed}[name] for name in names]
            return {"row": str(n + 1), "was": row[trouble.field], "key": rows[n][0]}
    return None
