"""Every use case has a row; every face goes through the use cases."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from core.access.principal import Principal, Refused
from core.access.roles import Action
from services import Context, use_case
from tests.services.modules import callables, public, wrappers

ROOT = Path(__file__).resolve().parents[2]
FACES = ["dashboard", "api", "doudi"]
# Questions that a principal asks about itself: they tell what it may do, and read no family.
ABOUT_ONESELF = {
    "cases.may_dispatch",
    "cases.may_sight",
    "corrections.may_correct",
    "deliveries.may_deliver",
    "deliveries.may_decide",
    "deliveries.may_see_feeds",
    "deliveries.may_take",
    "family.may_weigh",
    "family.only_look",
    "family.own_needs",  # narrows an alert that was opened by a use case
    "family.result_roles",
    "family.settle_roles",
    "family.step_roles",
    "handing.assign_roles",
    "handing.may_lead",
    "matching.may_list",
    "handing.own_area",
    "handing.recipient",
    "identity.may_review",
    "laboratory.may_open",
    "people.left_today",
    "people.may_reveal",
    "photos.may_remove",
    "promotions.may_approve",
    "risk_model.may_promote",
    "reporting.may_report",
    "referrals.may_answer",
    "referrals.may_follow",
    "rules.may_approve",
    "rules.may_tune",
    "standards.may_set",
    "standards.next_run",
    "supervision.may_escalate",
    "tasks.may_record",
    "tasks.may_step",
    "tasks.places",
}


def asks_for_a_context(function: object) -> bool:
    return "context" in inspect.signature(function).parameters  # type: ignore[arg-type]


def test_every_public_function_with_a_context_has_a_row() -> None:
    without = {
        name
        for name, one in callables()
        if asks_for_a_context(one) and not hasattr(one, "use_case")
    }
    assert without == ABOUT_ONESELF


def test_the_table_holds_the_use_cases_and_nothing_else() -> None:
    assert set(use_case.TABLE) == set(wrappers())
    assert {name: one.use_case for name, one in wrappers().items()} == use_case.TABLE


def test_a_new_use_case_without_a_row_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from services import overview

    def leak(context: Context) -> None: ...

    leak.__module__ = "services.overview"
    monkeypatch.setattr(overview, "leak", leak, raising=False)
    with pytest.raises(AssertionError):
        test_every_public_function_with_a_context_has_a_row()


def test_what_everybody_may_do_is_a_short_list() -> None:
    """A row without an action: about the county itself, or asked for within the function."""
    free = {name for name, row in use_case.TABLE.items() if row.action is None}
    assert free == {
        "county.areas",
        "county.county",
        "county.geojson",
        "county.is_latest",
        "county.months",
        "county.place",
        "county.silent",
        "family.checks",
        "family.tries_allowed",
        "glass.break_glass",  # outside one's areas: it asks for the right anywhere
        "history.data_dates",
    }


def test_whatever_is_about_one_household_says_so() -> None:
    """A read of a household that was not declared so would not look where the household lies."""
    undeclared = {
        name
        for name, one in wrappers().items()
        if "household" in inspect.signature(one).parameters and not one.use_case.household
    }
    # These look within: the first over all of one's areas, the others before they write.
    others = {"glass.break_glass", "people.reveal", "photos.look", "photos.remove"}
    assert undeclared == {"family.last_seen"} | others


def test_one_name_has_one_rule() -> None:
    def months() -> None: ...

    months.__module__ = "services.reads.county"
    with pytest.raises(ValueError, match=r"two use cases are called county\.months"):
        use_case.reading(Action.SEE_FIGURES, months)


def test_a_refusal_is_recorded_and_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from services import record

    told = []
    monkeypatch.setattr(record, "refusal", lambda *given: told.append(given))
    nobody = Context(Principal("n", "N", ()), "/nowhere", date(2026, 6, 30))

    def secrets_of(home: str) -> str:
        raise AssertionError("read before it was allowed")

    asked = use_case.reading(Action.SEE_FEEDS, secrets_of)
    del use_case.TABLE["test_use_case.secrets_of"]
    with pytest.raises(Refused):
        asked(nobody)
    assert told == [(nobody, Action.SEE_FEEDS, "test_use_case.secrets_of")]


@pytest.mark.slow
@pytest.mark.parametrize("face", FACES)
def test_no_face_reads_behind_the_use_cases(face: str) -> None:
    inside = ("services.reads", "services.households", "services.record")
    wrong = []
    for path in sorted((ROOT / face).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module] + [f"{node.module}.{a.name}" for a in node.names]
            elif isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            else:
                continue
            wrong += [f"{path.name}: {n}" for n in names if n.startswith(inside)]
    assert wrong == []


def test_every_module_of_use_cases_is_known_to_the_room() -> None:
    import services

    outside = {"files", "workbook", "works"}  # imported by name where they are used
    assert set(public()) - outside <= set(services.__all__)


@pytest.mark.slow
def test_figures_for_scripts_need_no_streamlit(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom doudi.cli import app\n"
        f"CliRunner().invoke(app, ['precision', '--json', '--home', {str(tmp_path)!r}])\n"
        "assert 'doudi.figures' in sys.modules\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'streamlit'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
