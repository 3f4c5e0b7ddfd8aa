"""Who a pseudonym is, masked; and the log of everyone who looks further.

Pages show `张*三` and village level by default. Whatever leaves the vault unmasked is written to
an access log with its purpose first (PIPL art. 55, the handbook's section 8).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from datetime import date, datetime

from alerts.privacy import check_note
from alerts.states import CHINA_TIME
from dashboard.services import base
from data.vault import Vault

SHORT = 8
PSEUDONYM = re.compile(r"h[0-9a-f]{20}")


def short(pseudonym: str) -> str:
    """The first characters of a pseudonym, enough to tell two apart on a page."""
    return str(pseudonym)[:SHORT]


@base.cached
def heads(home: str, as_of: date, households: tuple[str, ...]) -> dict[str, str]:
    """Masked name of the head of each household, where the vault knows one.

    Without a head the oldest member stands in; without a vault the answer is empty.
    """
    profile = base.monthly_file(home, "profile", as_of, "person.parquet")
    if profile is None or not households:
        return {}
    found = base.query(
        "SELECT household, arg_max(person, ((relation = 'head')::INT, age)) AS person "
        "FROM read_parquet($path) WHERE list_contains($households, household) GROUP BY household",
        {"path": str(profile), "households": list(households)},
    )
    names = masked_names(home, tuple(found["person"].dropna()))
    pairs = zip(found["household"], found["person"], strict=True)
    return {h: names[p] for h, p in pairs if p in names}


@base.cached
def masked_names(home: str, persons: tuple[str, ...]) -> dict[str, str]:
    """Masked names (张*三) by pseudonym; people the vault does not know are left out."""
    found = {}
    for person, about in _masked(home, persons).items():
        if about.get("name"):
            found[person] = about["name"]
    return found


@base.cached
def masked(home: str, persons: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Masked name and ID number by pseudonym."""
    return _masked(home, persons)


def _masked(home: str, persons: Sequence[str]) -> dict[str, dict[str, str]]:
    folder = base.home_at(home)
    if not folder.vault.is_dir():
        return {}
    known = Vault(folder).masked_many(persons)
    return {person: about for person, about in known.items() if about["name"] or about["id"]}


def log_access(home: str, actor: str, role: str, purpose: str, what: str, content: bytes) -> None:
    """Write who takes what out of the vault and why, before it is handed over.

    Raises PrivateDataRefused for a purpose that itself names a person. Lines are chained by the
    hash of the line before, so a removed line shows.
    """
    check_note(purpose)
    path = base.home_at(home).vault / "access.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = path.read_bytes().splitlines()[-1:] if path.exists() else []
    line = {
        "at": datetime.now(CHINA_TIME).isoformat(timespec="seconds"),
        "actor": actor,
        "role": role,
        "purpose": purpose,
        "what": what,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "before": hashlib.sha256(before[0]).hexdigest() if before else "",
    }
    descriptor = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def find_household(home: str, text: str) -> str | None:
    """The pseudonym that a typed household number or pseudonym means; None for nothing typed.

    Raises VaultError for a damaged number.
    """
    typed = text.strip()
    if not typed or PSEUDONYM.fullmatch(typed):
        return typed or None
    return Vault(base.home_at(home)).household(typed)
