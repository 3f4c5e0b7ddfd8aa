"""How an event is hashed: the one definition, used by the writer and by the check.

Canonical form: a JSON object of every column but `hash`, keys sorted, no spaces, characters as
they are (not \\u escapes), UTF-8. `docs/check_record.py` does the same without this code.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes

from core.audit.errors import EntryRefused
from core.audit.models import EVENTS, GENESIS

__all__ = ["ALGORITHMS", "COLUMNS", "GENESIS", "chosen_algorithm", "digest_of", "event_hash"]
COLUMNS = tuple(column.name for column in EVENTS.columns)
ALGORITHM_VARIABLE = "DOUDI_AUDIT_ALGORITHM"
ALGORITHMS = ("sha256", "sm3")
# `default` meets what no column may hold (bytes put there by hand): it hashes as something else.
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr
).encode


def chosen_algorithm() -> str:
    """The algorithm of new events, from DOUDI_AUDIT_ALGORITHM; SHA-256 unless it says 'sm3'.

    Raises EntryRefused for any other word.
    """
    word = os.environ.get(ALGORITHM_VARIABLE, "") or "sha256"
    if word not in ALGORITHMS:
        raise EntryRefused(
            f"{ALGORITHM_VARIABLE} 不能是“{word}”，请写 sha256 或 sm3",
            f"{ALGORITHM_VARIABLE} cannot be '{word}'; write sha256 or sm3",
        )
    return word


def digest_of(text: str, algorithm: str) -> str:
    """Hexadecimal digest of a text; '' for an algorithm that does not exist."""
    data = text.encode("utf-8")
    if algorithm == "sha256":
        return hashlib.sha256(data).hexdigest()
    if algorithm == "sm3":
        made = hashes.Hash(hashes.SM3())
        made.update(data)
        return made.finalize().hex()
    return ""


def canonical(values: Mapping[str, Any]) -> str:
    """Canonical JSON of a mapping."""
    return _encode(values)


def event_hash(values: Mapping[str, Any]) -> str:
    """The hash of an event given as its columns; an entry 'hash' among them is left out."""
    kept = {name: value for name, value in values.items() if name != "hash"}
    return digest_of(canonical(kept), str(values["algorithm"]))
