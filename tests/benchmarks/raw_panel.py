"""Writes made-up quarters in the raw format of the panel; every number is invented."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HOGAR = {
    **{"CODUSU": "1", "NRO_HOGAR": "1", "REALIZADA": "1", "ANO4": "", "TRIMESTRE": ""},
    **{"REGION": "43", "AGLOMERADO": "4", "PONDERA": "10"},
    **{"IV1": "1", "IV2": "3", "IV3": "1", "IV4": "4", "IV6": "1", "IV7": "1", "IV8": "1"},
    **{"IV9": "1", "IV10": "1", "IV11": "1", "IV12_1": "2", "IV12_2": "2", "IV12_3": "2"},
    **{"II1": "3", "II2": "2", "II7": "1", "II8": "1", "II9": "1"},
    **{f"V{n}": "2" for n in range(1, 19)},
    **{"V19_A": "2", "V19_B": "2", "IX_TOT": "1", "IX_MEN10": "None", "ITF": "1000.0"},
    **{"DECIFR": "05", "DECCFR": "05", "VII1_1": "1", "IDIMPH": "00000"},
}
INDIV = {
    **{"CODUSU": "1", "NRO_HOGAR": "1", "COMPONENTE": "1", "ANO4": "", "TRIMESTRE": ""},
    **{"REGION": "43", "AGLOMERADO": "4", "PONDERA": "10"},
    **{"CH03": "1", "CH04": "1", "CH06": "40", "CH07": "2", "CH08": "1", "CH10": "2", "CH11": "0"},
    **{"CH12": "4", "CH13": "1", "CH14": "", "NIVEL_ED": "4", "ESTADO": "1", "CAT_OCUP": "3"},
    **{"CAT_INAC": "0", "INTENSI": "2", "PP04A": "2", "PP04B1": "2", "PP05H": "0", "PP07A": "6"},
    **{"PP07H": "1", "P21": "1000", "TOT_P12": "0", "P47T": "1000", "V2_M": "0", "V3_M": "0"},
    **{"V4_M": "0", "V5_M": "0", "V8_M": "0", "V9_M": "0", "V10_M": "0", "V11_M": "0"},
    **{"V12_M": "0", "V18_M": "0", "ITF": "1000.0", "DECIFR": "05", "DECCFR": "05"},
}
Rows = Sequence[Mapping[str, Any]]


def write(
    folder: Path,
    quarter: str,
    hogar: Rows | None = None,
    indiv: Rows | None = None,
    *,
    separator: str = "\t",
    encoding: str = "utf-8",
    lower: bool = False,
    drop: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
) -> None:
    """Write one quarter such as '2010Q1'. Rows name only what differs from the usual answers."""
    year, number = quarter.split("Q")
    for kind, usual, rows in (("hogar", HOGAR, hogar), ("indiv", INDIV, indiv)):
        if rows is None:
            continue
        told = {**usual, "ANO4": year, "TRIMESTRE": number, **(extra or {})}
        names = [n for n in told if n not in drop]
        header = [n.lower() if lower else n for n in names]
        lines = [header, *([str({**told, **row}[n]) for n in names] for row in rows)]
        text = "\n".join(separator.join(line) for line in lines) + "\n"
        path = folder / kind / f"{kind}_a{year[2:]}t{number}.tsv.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(encoding)))


def single(code: int, income: float, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A person of 40 who lives alone: household row and person row (adult equivalent 1)."""
    income_text = {"CODUSU": code, "ITF": income}
    person = {**income_text, "P21": income, "P47T": income}
    own = {k: v for k, v in more.items() if k in HOGAR}
    return {**income_text, **own}, {**person, **{k: v for k, v in more.items() if k in INDIV}}


def singles(incomes: Mapping[int, float]) -> dict[str, Rows]:
    """Keyword arguments of `write` for people living alone, by household code and income."""
    pairs = [single(code, income) for code, income in incomes.items()]
    return {"hogar": [h for h, _ in pairs], "indiv": [p for _, p in pairs]}
