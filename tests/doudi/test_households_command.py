"""`doudi households`: members, events."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from core.home import Home
from data.households.handing import own_pseudonym
from doudi.cli import app
from tests.data.households.register import Offices, hand_on

RUN = CliRunner()


def run(home: Home, *words: str):
    return RUN.invoke(app, ["households", *words, "--home", str(home.root)])


def asked(home: Home, *words: str) -> list[dict[str, object]]:
    return json.loads(run(home, *words, "--json").stdout)


@pytest.mark.slow
def test_members_and_events_are_listed_for_one_household_or_all(tmp_path) -> None:
    offices = hand_on(Offices(Home(tmp_path)))
    home, first = offices.home, offices.household("H1")
    second = own_pseudonym(first, 2)
    living = [m for m in asked(home, "members") if m["kind"] == "living"]
    assert [m["household"] for m in living].count(second) == 2
    # A number means the family that has it now; the first one is found by its pseudonym.
    assert {m["household"] for m in asked(home, "members", "--household", "H1")} == {second}
    before = asked(home, "members", "--household", first[:12], "--as-of", "2025-06")
    assert {m["valid_to"] for m in before} == {"2025-03-02", "2025-03-05"}
    events = asked(home, "events", "--household", "H1")
    assert {(e["event"], e["household"], e["other"]) for e in events} == {("reused", second, first)}
    assert asked(home, "events", "--as-of", "2026-04") == []
    shown = run(home, "events").output
    assert "Number given to another family" in shown
    assert "2 in all" in shown  # registered and living


@pytest.mark.slow
def test_what_cannot_be_told_is_one_line(tmp_path) -> None:
    nothing = run(Home(tmp_path), "events")
    assert "run 'doudi ingest' first" in str(nothing.exception)
    offices = hand_on(Offices(Home(tmp_path / "home")))
    assert "nothing is told of household 'H9'" in str(
        run(offices.home, "members", "--household", "H9").exception
    )
    assert "households begin with 'h'" in str(
        run(offices.home, "members", "--household", "h").exception
    )
