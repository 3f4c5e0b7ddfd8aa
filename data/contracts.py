"""The feeds: every folder below `data/feeds/` that holds a contract.

A contract is an Open Data Contract Standard v3 file. Declared there once, it drives the
reading of files, the checks, the lake's columns, the reference page and the Excel template.
A feed is added by adding its folder (docs/adding.md); no list names it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.contract import (
    HOUSEHOLDS,
    PSEUDONYMS,
    Code,
    Contract,
    ContractError,
    Field,
    Role,
    plain_header,
)
from data.contract_files import read_contract

__all__ = [
    "FEEDS",
    "HOUSEHOLDS",
    "PSEUDONYMS",
    "Code",
    "Contract",
    "ContractError",
    "Field",
    "Role",
    "all_feeds",
    "folder",
    "load_contract",
    "looks_like",
    "plain_header",
    "read_contract",
]

FEEDS = Path(__file__).parent / "feeds"
CONTRACT = "contract.yaml"


def looks_like(contract: Contract, headers: list[str]) -> Contract | None:
    """The feed a file rather belongs to, by its headers; None when it may be `contract`'s.

    Another feed must know more of its columns and find all it requires among them: the members of
    a visit have a household and a date too, and are no visits.
    """
    scores = {f: len(load_contract(f).match_headers(headers)) for f in all_feeds()}
    best = max(all_feeds(), key=lambda f: (scores[f], f == contract.feed))
    likeliest = load_contract(best)
    if scores[best] <= len(contract.match_headers(headers)):
        return None
    found = likeliest.match_headers(headers)
    return likeliest if all(name in found for name in likeliest.required) else None


def folder(feed: str) -> Path:
    """Where everything that belongs to a feed lies."""
    return FEEDS / feed


@cache
def all_feeds() -> list[str]:
    """Names of all feeds, in the order departments are listed: by the contracts' `order`, feeds
    that give none last, then by name.

    Raises ContractError for a folder whose contract cannot be read or names another feed.
    """
    contracts = [_contract_in(path.parent.name) for path in FEEDS.glob(f"*/{CONTRACT}")]
    return [c.feed for c in sorted(contracts, key=lambda c: (c.order, c.feed))]


@cache
def load_contract(feed: str) -> Contract:
    """The contract of one feed.

    Raises ContractError for an unknown feed or a file that is not a valid contract.
    """
    if not (folder(feed) / CONTRACT).exists():
        raise ContractError(f"no feed '{feed}'; the feeds are {', '.join(all_feeds())}")
    return _contract_in(feed)


@cache
def _contract_in(feed: str) -> Contract:
    contract = read_contract(folder(feed) / CONTRACT)
    if contract.feed != feed:
        raise ContractError(
            f"{feed}/{CONTRACT} describes the feed '{contract.feed}'; "
            "the folder and the table of its schema must have one name"
        )
    return contract
