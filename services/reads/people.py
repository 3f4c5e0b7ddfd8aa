"""Who a pseudonym is, masked: pages show `张*三` and village level."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import date

from core.errors import Told
from data.identity import household_number
from data.vault import Vault
from services.reads import base, county, vault

LOG = logging.getLogger("doudi.services")

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
def member_names(home: str, as_of: date, household: str) -> dict[str, str]:
    """Masked names of a household's members by pseudonym, where the vault knows them."""
    profile = base.monthly_file(home, "profile", as_of, "person.parquet")
    if profile is None:
        return {}
    sql = "SELECT person FROM read_parquet($path) WHERE household = $household"
    found = base.query(sql, {"path": str(profile), "household": household})
    names: dict[str, str] = masked_names(home, tuple(found["person"].dropna()))
    return names


@base.cached
def masked_address(home: str, as_of: date, household: str, language: str) -> str:
    """The village's name and ***, where the vault knows an address of a member; else ''.

    The address itself is not opened for it.
    """
    homes = base.monthly_file(home, "profile", as_of, "household.parquet")
    profile = base.monthly_file(home, "profile", as_of, "person.parquet")
    if homes is None or profile is None:
        return ""
    found = base.query(
        "SELECT person, h.village_code FROM read_parquet($path) p "
        "JOIN read_parquet($homes) h USING (household) WHERE household = $household",
        {"path": str(profile), "homes": str(homes), "household": household},
    )
    try:
        with vault.told():
            known = Vault(base.home_at(home)).with_address(found["person"].dropna())
    except vault.VaultClosed as closed:
        LOG.error("%s", closed)
        return ""
    codes = found["village_code"].dropna()
    village = county.place(home, codes.iloc[0], language) if len(codes) else ""
    return f"{village}***" if known else ""


@base.cached
def masked(home: str, persons: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Masked name and ID number by pseudonym."""
    return _masked(home, persons)


def _masked(home: str, persons: Sequence[str]) -> dict[str, dict[str, str]]:
    try:
        with vault.told():
            known = Vault(base.home_at(home)).masked_many(persons)
    except vault.VaultClosed as closed:
        LOG.error("%s", closed)  # pages go on without names; what asks for one is refused
        return {}
    return {person: about for person, about in known.items() if about["name"] or about["id"]}


def find_household(home: str, as_of: date, text: str) -> str | None:
    """The pseudonym that a typed household number or pseudonym means; None for nothing typed.

    Of a number that several families had it is the last one's, as known by the month.

    Raises Told for a damaged number, or when the vault does not open.
    """
    typed = text.strip()
    if not typed or PSEUDONYM.fullmatch(typed):
        return typed or None
    if household_number(typed) is None:
        raise Told(
            "这不是有效的户号：为空，或被电子表格改坏",
            "this is no household number: empty, or damaged by a spreadsheet",
        )
    with vault.told():
        number = Vault(base.home_at(home)).household(typed)
    return base.lake_at(home).handed_on(as_of).newest(number)
