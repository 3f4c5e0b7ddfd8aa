"""Vaults for tests: on each database, and one as homes had them before keys moved out."""

from __future__ import annotations

import json
import secrets
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.db import URL_VARIABLE, engine_of
from core.home import Home
from core.keys import find_source
from data import vault_keys
from data.crypto import CIPHERS, Pseudonyms, keyed_hash
from data.seals import Seal
from data.vault import Card, HeadOf, Vault, bound_to
from data.vault_tables import META, SEALED
from tests.data.offices import number
from tests.databases import postgres  # noqa: F401 - a fixture

TODAY = date(2026, 6, 28)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The home's own file, then an empty schema of a real PostgreSQL."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres")
        with engine_of(url).begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS vault CASCADE"))
        monkeypatch.setenv(URL_VARIABLE, url)
    return str(request.param)


@pytest.fixture
def vault(home: Home, each_database: str) -> Vault:
    return Vault(home)


def fill(vault: Vault, people: int = 7) -> list[str]:
    """Cards, household numbers, certificates, addresses of invented people; returns pseudonyms."""
    who = [vault.person(number(n)) for n in range(people)]
    cards = [Card(p, number(n), f"王测{n}", f"1390000{n:04d}") for n, p in enumerate(who)]
    heads = [HeadOf(vault.household(f"H{n}"), f"H{n}", p, 0) for n, p in enumerate(who)]
    papers = [(p, "deaths.certificate_no", f"S-{n:06d}") for n, p in enumerate(who)]
    lives = [(p, f"云岭镇柳湾村三组{n}号") for n, p in enumerate(who)]
    vault.remember(TODAY, cards, heads, papers, lives)
    return who


def everything(home: Home) -> dict[tuple[str, ...], list[str]]:
    """All that the vault holds, opened: by table and key. Fails where anything does not open."""
    vault, found = Vault(home), {}
    vault.seals.ready()
    with vault.store.reading() as db:
        rows = [(table, row._mapping) for table in SEALED for row in db.execute(table.select())]
    for table, row in rows:
        key = (table.name, *(row[column.name] for column in table.primary_key))
        found[key] = json.loads(vault.seals.open(row["seal"], row["sealed"], bound_to(*key)))
    return found


def lies_under(home: Home) -> dict[int | None, int]:
    """Values by the number of their seal."""
    counts: dict[int | None, int] = {}
    with Vault(home).store.reading() as db:
        for table in SEALED:
            for seal in db.scalars(select(table.c.seal)):
                counts[seal] = counts.get(seal, 0) + 1
    return counts


def seals_of(home: Home) -> list[Seal]:
    return Vault(home).seals.all


BEFORE = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE person (
  person TEXT PRIMARY KEY, sealed BLOB NOT NULL, rank INTEGER NOT NULL, seen_on TEXT NOT NULL,
  mark TEXT);
CREATE TABLE household (
  household TEXT PRIMARY KEY, sealed BLOB NOT NULL, head TEXT, rank INTEGER NOT NULL,
  seen_on TEXT NOT NULL);
CREATE TABLE document (
  person TEXT NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL, seen_on TEXT NOT NULL,
  PRIMARY KEY (person, kind));
CREATE TABLE lookup (
  at TEXT NOT NULL, actor TEXT NOT NULL, person TEXT NOT NULL, purpose TEXT NOT NULL);
"""


def begin_as_before(home: Home, people: int = 3, cipher: str = "aes-256-gcm") -> list[str]:
    """A vault as earlier versions made it: key beside the data, values bound to nothing."""
    home.vault.mkdir(parents=True, mode=0o700)
    key = secrets.token_bytes(32)
    (home.vault / "key").write_text(key.hex())
    (home.vault / "key").chmod(0o600)
    names = Pseudonyms(keyed_hash(key, "pseudonym"), "p")
    seal = CIPHERS[cipher](keyed_hash(key, "cipher"))
    who = [names.of(number(n)) for n in range(people)]
    with closing(sqlite3.connect(home.vault / "vault.db")) as db, db:
        db.executescript(BEFORE)
        check = keyed_hash(key, "vault check").hex()
        db.executemany(
            "INSERT INTO meta VALUES (?, ?)", {"key_check": check, "cipher": cipher}.items()
        )
        for n, person in enumerate(who):
            plain = json.dumps([number(n), f"王测{n}", ""], ensure_ascii=False).encode()
            row = (person, seal.encrypt(plain), 0, TODAY.isoformat(), None)
            db.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?)", row)
    return who


def kept_key(home: Home) -> Path:
    """The key file of a vault that has none named."""
    with Vault(home).store.reading() as db:
        vault_id = db.scalar(
            META.select().with_only_columns(META.c.value).where(META.c.name == "id")
        )
    return Path(find_source(str(vault_id)).where)


@pytest.fixture
def nothing_logged() -> None:
    """Each test sees the warning of its own home."""
    vault_keys._warn_once.cache_clear()
