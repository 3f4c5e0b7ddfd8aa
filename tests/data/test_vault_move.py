"""A bureau that outgrows the file takes its vault along, and never goes on with two."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.db import URL_VARIABLE, engine_of
from core.home import Home
from data.vault import Vault, VaultError
from data.vault_move import move_to_database
from data.vault_upkeep import rotate
from tests.data.offices import number
from tests.data.vaults import begin_as_before, everything, fill


@pytest.fixture
def database(postgres: str) -> str:
    with engine_of(postgres).begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS vault CASCADE"))
    return postgres


def test_everything_moves_and_nobody_is_renamed(home: Home, database, monkeypatch):
    who = fill(Vault(home))
    plain = everything(home)
    monkeypatch.setenv(URL_VARIABLE, database)
    assert move_to_database(home) == len(plain) + 2  # the vault's id and its seal
    assert everything(home) == plain
    assert [Vault(home).person(number(n)) for n in range(7)] == who
    rotate(home, drop_old=True)
    assert everything(home) == plain
    assert sorted(p.name for p in home.vault.iterdir()) == ["vault.moved.db"]


def test_a_home_from_before_moves_as_well(home: Home, database, monkeypatch):
    who = begin_as_before(home)
    monkeypatch.setenv(URL_VARIABLE, database)
    move_to_database(home)
    assert Vault(home).reveal(who[2])["name"] == "王测2"


def test_a_vault_is_never_written_over(home: Home, database, monkeypatch):
    fill(Vault(home))
    monkeypatch.setenv(URL_VARIABLE, database)
    there = fill(Vault(Home(home.root.with_name("other"))))
    with pytest.raises(VaultError, match="a vault is already in the database's schema 'vault'"):
        move_to_database(home)
    assert (home.vault / "vault.db").exists()
    assert Vault(Home(home.root.with_name("other"))).reveal(there[0])["name"] == "王测0"


def test_what_is_missing_is_told(home: Home, database, monkeypatch):
    with pytest.raises(VaultError, match="names no PostgreSQL"):
        move_to_database(home)
    monkeypatch.setenv(URL_VARIABLE, database)
    with pytest.raises(VaultError, match="no vault to move: there is no file"):
        move_to_database(home)
