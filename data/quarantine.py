"""Refused rows, to be given back to the department that sent them.

They hold personal data: only people who may see it call this, and the caller logs who and why.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from data.home import Home
from data.vault import Vault


class QuarantineError(Exception):
    """There is no such list; the message names the batch."""


def quarantined(home: Home, feed: str, batch: str) -> pa.Table:
    """Refused rows of a batch: row_no, reason_code, reason_field, reason_zh, reason_en, then the
    columns as delivered.

    Raises QuarantineError when the batch has none.
    """
    path = Vault(home).quarantine / feed / f"{batch}.parquet"
    if not path.exists():
        raise QuarantineError(f"batch {batch} of {feed} has no quarantined rows")
    return pq.read_table(path)
