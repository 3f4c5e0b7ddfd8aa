"""A steward says who is one person; the record keeps it, months know it from their day on."""

from __future__ import annotations

import json
from datetime import date

import pytest

from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.home import Home
from data.ingest import ingest_directory
from data.same_person import merges
from features.profile import newer_feeds, write_profile
from services import Context, identity
from services.identity import IdentityRefused, SamePersonError
from tests.data.offices import claim, csv_bytes, number, post, resident
from tests.services.conftest import recorded

pytestmark = pytest.mark.slow

JUNE = date(2026, 6, 30)


@pytest.fixture
def home(county_home: Home) -> Home:
    """One number under two names, one name and birth date under two numbers."""
    county_home.standards_file.write_text(
        "'990321':\n  rural:\n    S: {values: {2020-01-01: 700}}\n", encoding="utf-8"
    )
    rows = [resident(1, name="张大明"), resident(2, name="张大明", id_number=number(3))]
    post(county_home.incoming, "population_register", csv_bytes("population_register", rows))
    claims = [claim(1, name="张大亮")]
    post(county_home.incoming, "medical_claims", csv_bytes("medical_claims", claims))
    ingest_directory(county_home, county_home.incoming)
    return county_home


def steward(home: Home, role: Role = Role.DATA_STEWARD) -> Context:
    return Context(Principal("li", "li", (Grant(role),)), str(home.root), JUNE)


def test_the_review_shows_masked_values_and_open_pairs_first(home: Home) -> None:
    one, other = identity.pairs(steward(home))
    assert (one.kind, one.masked, one.masked_other, one.differ) == ("number", "张*亮", "张*明", 1)
    assert (other.kind, other.differ) == ("alike", 0)
    assert "*" in one.number
    assert one.number == one.number_other
    kept = identity.apart(steward(home), one.other, one.person, "派出所核实为兄弟")
    assert kept.number == 1
    first, second = identity.pairs(steward(home))
    assert (first.kind, second.kind, second.state) == ("alike", "number", identity.APART)


def test_a_merge_is_recorded_counts_from_its_month_and_is_undone(home: Home) -> None:
    write_profile(home, JUNE)
    pair = identity.pairs(steward(home))[0]
    done = identity.merge(steward(home), pair.other, pair.person, "户籍更名", date(2026, 6, 1))
    assert done.months == (JUNE,)
    assert newer_feeds(home, JUNE) == ["identities"]  # the month says that it is built anew
    assert merges(home, JUNE) == {pair.person: pair.other}
    assert merges(home, date(2026, 5, 31)) == {}
    [event] = recorded(home, "merge_identity")
    assert json.loads(event.detail)["reason"] == "户籍更名"
    assert "张" not in event.detail
    write_profile(home, JUNE)
    assert newer_feeds(home, JUNE) == []
    identity.undo(steward(home), pair.other, pair.person, "核实有误", date(2026, 6, 1))
    assert merges(home, JUNE) == {}
    assert newer_feeds(home, JUNE) == ["identities"]
    assert [d.act for d in identity.log(steward(home))] == ["undo", "merge"]


def test_what_cannot_be_decided_is_refused_in_one_line(home: Home) -> None:
    pair = identity.pairs(steward(home))[0]
    with pytest.raises(Refused):
        identity.merge(steward(home, Role.DISPATCHER), pair.other, pair.person, "x")
    with pytest.raises(IdentityRefused, match="say what it was decided by"):
        identity.merge(steward(home), pair.other, pair.person, " ")
    with pytest.raises(IdentityRefused, match="not on the list"):
        identity.merge(steward(home), pair.other, "p" + "0" * 20, "x")
    with pytest.raises(SamePersonError, match="nothing was decided"):
        identity.undo(steward(home), pair.other, pair.person, "x")
    assert identity.log(steward(home)) == []
