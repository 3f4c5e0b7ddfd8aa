"""Reading what a county's offices wrote about means, for the tests beside this file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core.home import Home
from data.contracts import load_contract

FEEDS = (
    *("social_insurance", "tax", "real_estate", "firms", "housing_fund", "vehicles"),
    *("financial_assets", "listed_diseases", "rural_watch", "public_payroll"),
)
ENCODINGS = {"gb18030": "gb18030", "utf-8-sig": "utf-8-sig"}
Row = dict[str, str]


def rows_of(home: Home, feed: str) -> Iterator[Row]:
    """Every row of a feed in the order delivered, by field, with its `file` and `month`."""
    contract = load_contract(feed)
    for path in sorted(home.incoming.rglob(f"{contract.file_names[0]}_*.csv")):
        text = path.read_bytes().decode(ENCODINGS[contract.encoding or ""])
        headers, *lines = csv.reader(io.StringIO(text, newline=""))
        field = {h: n for n, h in contract.match_headers(headers).items()}
        for at, line in enumerate(lines, start=1):
            told = {field[h]: v for h, v in zip(headers, line, strict=True)}
            yield told | {"file": path.name, "row": str(at), "month": path.parent.name}
