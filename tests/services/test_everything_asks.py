"""Whoever asks for whatever, wherever: allowed exactly when the roles and the areas say so.

The real wrapper of every use case is driven, around a stub. What it should answer is worked out
here once more, from the list of roles written by hand and from prefixes of area codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.access.areas import Area
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Action, Role
from services import Context, NothingYet, OutsideArea, households, record, use_case
from tests.roles_by_hand import by_hand
from tests.services.modules import with_stub, wrappers

HAND = by_hand()
# Two townships with two villages each, and one whose code begins almost like another's.
CODES = ["", "990321101", "990321101200", "990321101201", "990321102", "990321102200", "990321110"]
DEPARTMENTS = ["", "civil_affairs", "medical_security"]
VILLAGES = [code for code in CODES if len(code) > 9]
EXAMPLES = 300  # each asks every use case once
AREAS = st.builds(Area, st.sampled_from(CODES), st.sampled_from(DEPARTMENTS))
GRANTS = st.builds(Grant, st.sampled_from(list(Role)), AREAS)
# A household is called after its village and the department that has a need of it to meet.
HOUSEHOLDS = st.builds("{}/{}".format, st.sampled_from(VILLAGES), st.sampled_from(DEPARTMENTS[1:]))


def holds(code: str, other: str) -> bool:
    """Whether a code is the county, the same, or the township of the other."""
    return code in ("", other, other[:9])


def area_holds(area: Area, other: Area) -> bool:
    return holds(area.code, other.code) and area.department in ("", other.department)


def lies_in(household: str, area: Area) -> bool:
    village, department = household.split("/")
    return holds(area.code, village) and area.department in ("", department)


def expected(row: use_case.UseCase, who: Principal, area: Area, household: str) -> str:
    """What the rules say: 'done', 'refused', 'elsewhere' (in another area of one's own) or
    'outside' (in none)."""
    if row.action is None:
        return "done"
    own = [grant.area for grant in who.grants if grant.role in HAND[row.action]]
    if not any(area_holds(mine, area) for mine in own):
        return "refused"
    if not row.household or lies_in(household, area):
        return "done"
    if household in who.households and row.action is Action.SEE_HOUSEHOLD:
        return "done"
    return "elsewhere" if any(lies_in(household, mine) for mine in own) else "outside"


def answer(name: str, context: Context, household: str) -> str:
    try:
        given_back = WRAPPERS[name](context, household)
    except OutsideArea:
        return "outside"
    except Refused:
        return "refused"
    except NothingYet:
        return "elsewhere"
    return str(given_back)


WRAPPERS = wrappers()


@pytest.fixture(scope="module", autouse=True)
def stubs() -> Iterator[list[str]]:
    """Nothing behind the wrappers; no county, no database; refusals are kept in a list."""
    refused: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "refusal", lambda _, action, *more: refused.append(action))
        patch.setattr(record, "write", lambda *_, **__: None)
        patch.setattr(households, "village", lambda _h, _m, one: one.split("/")[0])
        patch.setattr(households, "inside", lambda _h, _m, area, one: lies_in(one, area))
        behind = {name: one.__wrapped__ for name, one in WRAPPERS.items()}
        for wrapper in WRAPPERS.values():
            with_stub(wrapper, lambda *_, **__: "done")
        yield refused
        for name, wrapper in WRAPPERS.items():
            with_stub(wrapper, behind[name])


@pytest.mark.slow
def test_allowed_exactly_when_roles_and_areas_say_so(stubs: list[str]) -> None:
    asked_for: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(
        grants=st.lists(GRANTS, min_size=1, max_size=3),
        area=AREAS,
        household=HOUSEHOLDS,
        glass=st.frozensets(HOUSEHOLDS, max_size=1),
    )
    def every_use_case(
        grants: list[Grant], area: Area, household: str, glass: frozenset[str]
    ) -> None:
        who = Principal("somebody", "Somebody", tuple(grants), households=glass)
        context = Context(who, "/nowhere", date(2026, 6, 30), area)
        for name, row in use_case.TABLE.items():
            stubs.clear()
            wanted, got = expected(row, who, area, household), answer(name, context, household)
            assert got == wanted, (name, grants, area, household)
            assert len(stubs) == (got in {"refused", "outside"}), name  # every refusal is recorded
            asked_for[got] += 1

    every_use_case()
    # Enough was asked, and every answer was among them: otherwise nothing was tested.
    assert asked_for.total() >= 10_000
    assert min(asked_for[one] for one in ("done", "refused", "elsewhere", "outside")) > 100
