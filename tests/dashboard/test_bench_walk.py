"""The data scientist's bench in a real browser, from a training to a model taken back.

Retrain, watch it move, stop another; a first version is proposed by one person and approved by a
second; a version that may not see incomes is compared, scores in shadow, and is refused by the
gate; one like the first is not shown better: approved with a written word, it is taken back.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home
from core.jobs import State, queue
from models.risk import registry
from models.risk.score import score_month
from models.risk.shadow.scoring import score_shadow
from tests.dashboard import factory, teaching
from tests.dashboard.walking import PATIENCE, chromium, drawn, serving, shows, sign_in

pytestmark = pytest.mark.slow
ASKED = "known_by: 2025-12\nquestions: [existing]\ncandidates: [lightgbm, logistic]\nrefit: false\n"
BLIND = ASKED + "features:\n  exclude: [income_to_standard]\n"


def person(browser, site: str, role: str):
    """A browser of one's own, signed in."""
    page = browser.new_context(viewport={"width": 1440, "height": 1600}).new_page()
    page.set_default_timeout(2 * PATIENCE)
    sign_in(page, site, role)
    return page


def ask(page, folder: Path, asked: str) -> None:
    """Ask for a training by a file, and wait until it stands in the queue."""
    file = folder / "training.yaml"
    file.write_text(asked, encoding="utf-8")
    page.locator(".st-key-training_file input").set_input_files(file)
    shows(page, "questions:")
    drawn(page)
    page.locator(".st-key-training_start button").click()
    shows(page, "The training is in the queue")


def write(page, field: str, words: str) -> None:
    """Fill a field of a form and leave it, so that what was written is sent."""
    box = page.locator(f".st-key-{field} input")
    box.fill(words)
    box.press("Tab")


def open_model(page, site: str) -> None:
    page.goto(f"{site}/model?lang=en&model=existing")
    shows(page, "Promotions")
    drawn(page)


def propose(page, site: str, version: str) -> None:
    open_model(page, site)
    write(page, "model_reason", "measured on later months")
    page.locator(".st-key-model_propose button").click()
    shows(page, f"Version {version} is proposed; a second person decides.")


def approve(page, site: str, version: str) -> None:
    """The second person, who passes the gate with a word where it doubts."""
    open_model(page, site)
    shows(page, f"proposed version {version}")
    write(page, "model_note", "read the card")
    if page.locator(".st-key-model_override").count():
        page.locator(".st-key-model_approve button").click()
        shows(page, "the gate doubts it")
        write(page, "model_override", "a trial of one month")
    page.locator(".st-key-model_approve button").click()
    shows(page, f"Version {version} is in use now.")


def refused(page, site: str, version: str) -> None:
    """A version that is clearly worse is not even proposed."""
    open_model(page, site)
    write(page, "model_reason", "we want it")
    page.locator(".st-key-model_propose button").click()
    shows(page, "the gate refuses it")
    shows(page, f"Version {version} may not be promoted:")


# A training with all its candidates, on a machine that does other things beside it.
TRAINED = 300_000


def watch(page) -> None:
    """The step that the training is at moves on without the page being loaded again."""
    progress = page.locator("[data-testid=stProgress]").first
    before = progress.inner_text()
    page.wait_for_function(_MOVED, arg=before, timeout=PATIENCE)


_MOVED = """before => {
  const bar = document.querySelector("[data-testid=stProgress]");
  return !bar || bar.innerText !== before;
}"""


def retrain_and_stop_one(page, folder: Path) -> None:
    shows(page, "No training is running.")
    ask(page, folder, ASKED)
    shows(page, "Training 1 is running")
    watch(page)
    ask(page, folder, ASKED)
    page.locator(".st-key-training_cancel_2 button").click()
    page.locator(".st-key-training_stop_2 button").click()
    shows(page, "Training 2 was asked to stop.")


def a_month_in_shadow(home: Home) -> None:
    """What the monthly run does: the champion scores, the challenger beside it."""
    score_month(home, factory.LAST)
    score_shadow(home, factory.LAST, {"existing": 20})


def test_from_a_training_to_a_model_that_is_taken_back(tmp_path: Path) -> None:
    home = teaching.build(tmp_path / "county")
    with serving(home.root, tmp_path / "server.log") as site, chromium() as browser:
        scientist = person(browser, site, "data_scientist")
        scientist.goto(f"{site}/training?lang=en")
        retrain_and_stop_one(scientist, tmp_path)
        scientist.close()  # a closed browser stops nothing
        scientist, leader = (person(browser, site, who) for who in ("data_scientist", "leader"))
        scientist.goto(f"{site}/training?lang=en")
        shows(scientist, "picks that visits saw", patience=TRAINED)
        shows(scientist, "nothing was registered")
        propose(scientist, site, "1")
        approve(leader, site, "1")

        scientist.goto(f"{site}/training?lang=en")
        ask(scientist, tmp_path, BLIND)
        shows(scientist, "In need now, version 2", patience=TRAINED)
        a_month_in_shadow(home)
        open_model(scientist, site)
        shows(scientist, "Champion so far")  # compared on the same months
        shows(scientist, "Version 2 may not be promoted:")
        shows(scientist, "Version 2 in shadow beside version 1 for 1 month")
        refused(scientist, site, "2")

        scientist.goto(f"{site}/training?lang=en")
        ask(scientist, tmp_path, ASKED)
        shows(scientist, "In need now, version 3", patience=TRAINED)
        open_model(scientist, site)
        shows(scientist, "Version 3 needs a written reason and a second person:")
        shows(scientist, "it was not shown better than version 1, which is in use")
        propose(scientist, site, "3")
        approve(leader, site, "3")
        open_model(scientist, site)
        write(scientist, "model_back_reason", "it finds too few")
        scientist.locator(".st-key-model_rollback button").click()
        shows(scientist, "Version 1 is in use again.")
    told = [queue.find(home, number).told for number in (1, 2, 3, 4)]
    assert told == [State.DONE, State.CANCELLED, State.DONE, State.DONE]
    steps = registry.history(home, "existing")
    assert [(s.action, s.version) for s in steps] == [
        ("promote", "1"), ("promote", "3"), ("rollback", "1"),
    ]  # fmt: skip
    assert steps[1].override == "a trial of one month"
    assert steps[1].second != steps[1].actor
    assert "not shown better" in steps[1].said[0]["en"]
    assert registry.champion_version(home, "existing") == "1"
