"""`doudi accounts token`, `tokens`, `withdraw`: a system's token made and ended on the server."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from typer.testing import CliRunner

import services
from core.home import Home
from doudi.cli import app
from tests.databases import home, migrated

__all__ = ["home", "migrated"]
MAKE = ("token", "sys-ganfu", "--system", "赣服通", "--scope", "report")
PLACE = ("--role", "township_worker", "--area", "990321101")


def accounts(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["accounts", *words, "--home", str(home.root)])


@pytest.mark.slow
def test_a_token_is_made_listed_and_withdrawn(home: Home) -> None:
    made = accounts(home, *MAKE, *PLACE, "--days", "90")
    assert made.exit_code == 0, made.output
    text = made.output.split()[-1]
    who = services.tokens.caller(str(home.root), text, "10.0.0.1", 120)
    assert (who.account, [g.area.code for g in who.grants]) == ("sys-ganfu", ["990321101"])
    (listed,) = json.loads(accounts(home, "tokens", "--json").output)["tokens"]
    assert (listed["system"], listed["scopes"], listed["holds"]) == ("赣服通", ["report"], True)
    # The end of the secret, long enough to stand nowhere by chance.
    assert text[-16:] not in accounts(home, "tokens", "--json").output
    assert accounts(home, "withdraw", listed["token"]).exit_code == 0
    (listed,) = json.loads(accounts(home, "tokens", "--json").output)["tokens"]
    assert listed["holds"] is False


def test_another_token_of_the_same_account_needs_no_role(home: Home) -> None:
    accounts(home, *MAKE, *PLACE)
    assert accounts(home, *MAKE).exit_code == 0


@pytest.mark.slow
def test_what_cannot_be_made_is_told(home: Home) -> None:
    wrong = accounts(home, "token", "sys-x", "--system", "X", "--scope", "everything")
    assert wrong.exit_code == 2
    assert "is none of: see_figures" in " ".join(wrong.output.replace("│", " ").split())
    bare = accounts(home, *MAKE)
    assert "needs a role" in str(bare.exception)
    password = accounts(home, *MAKE, *PLACE)
    assert password.exit_code == 0
    assert "no password" in str(accounts(home, "reset", "sys-ganfu").exception)
