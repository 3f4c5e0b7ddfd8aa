"""Records that name two people: counted for whom a feature asks for, once a household."""

from __future__ import annotations

from datetime import date

import pytest

from features import profile as profiles
from features.engine import FeatureError, scratch_registry, source
from tests.features.conftest import by_key
from tests.features.tables import TableFeeds, standards
from tests.made_up import weddings  # noqa: F401 (a fixture)

# Anna (1) and Bert (2) live together, Carl (3) alone; Dora lives outside the county.
REGISTER = """
    person | household | relation
    1      | A         | head
    2      | A         | spouse
    3      | B         | head
"""
WEDDINGS = """
    person_wife | person_husband | event    | happened_on
    1           | 3              | married  | 2025-01-10
    1           | 3              | divorced | 2025-09-10
    1           | 2              | married  | 2026-02-10
    dora        | 3              | married  | 2026-03-10
"""


def declared(entity: str, role: str | None = None):
    """How many weddings and divorces are on file."""
    feed = source("weddings", entity=entity, role=role)
    name = f"events_{entity}_{role}"

    def count(w):
        """Registrations on file."""
        return w.event.count()

    count.__name__ = name
    feed.feature(missing=0, category="A", zh="登记次数", en="Registrations")(count)
    return name


def built(*, level: str, roles: tuple[str | None, ...]) -> list[dict[str, int]]:
    with scratch_registry(copy=True):
        names = [declared(level, role) for role in roles]
        profile = profiles.assemble_profile(
            TableFeeds(population_register=REGISTER, weddings=WEDDINGS),
            date(2026, 6, 30),
            "990321",
            standards(),
            only=names,
        )
        return [by_key(getattr(profile, level), level, name) for name in names]


@pytest.mark.slow
@pytest.mark.usefixtures("weddings")
def test_a_record_counts_for_the_person_in_the_role_asked_for_or_for_everyone():
    wives, husbands, everyone = built(level="person", roles=("wife", "husband", None))
    assert wives == {"1": 3, "2": 0, "3": 0}
    assert husbands == {"1": 0, "2": 1, "3": 3}
    assert everyone == {"1": 3, "2": 1, "3": 3}


@pytest.mark.usefixtures("weddings")
def test_a_household_counts_a_record_once_though_it_names_two_members():
    (everyone,) = built(level="household", roles=(None,))
    assert everyone == {"A": 3, "B": 3}


@pytest.mark.usefixtures("weddings")
def test_the_role_is_a_column_that_a_feature_may_read():
    with scratch_registry(copy=True):
        feed = source("weddings")

        @feed.feature(missing=0, category="A", zh="作为妻子", en="As a wife")
        def as_wife(w):
            """Records that name the person as wife."""
            return (w.role == "wife").sum()

        profile = profiles.assemble_profile(
            TableFeeds(population_register=REGISTER, weddings=WEDDINGS),
            date(2026, 6, 30),
            "990321",
            standards(),
            only=["as_wife"],
        )
        assert by_key(profile.person, "person", "as_wife") == {"1": 3, "2": 0, "3": 0}


@pytest.mark.usefixtures("weddings")
def test_a_role_that_a_feed_does_not_have_is_refused():
    with pytest.raises(FeatureError, match="no role 'bride'; its roles are husband, wife"):
        source("weddings", role="bride")
    with pytest.raises(FeatureError, match="no role 'wife'; its records have no roles"):
        source("deaths", role="wife")
