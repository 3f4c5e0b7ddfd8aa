"""Retrain in a real browser: start, watch it move, cancel the next one, see what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.jobs import State, queue
from tests.dashboard import teaching
from tests.dashboard.walking import PATIENCE, chromium, drawn, serving, shows, sign_in

pytestmark = pytest.mark.slow
ASKED = "known_by: 2025-12\nquestions: [existing]\ncandidates: [lightgbm, logistic]\nrefit: false\n"


def started(page, file: Path) -> None:
    page.locator(".st-key-training_file input").set_input_files(file)
    shows(page, "questions:")
    drawn(page)
    page.locator(".st-key-training_start button").click()
    shows(page, "The training is in the queue")


def test_retrain_watch_cancel_and_see_what_came_of_it(tmp_path: Path) -> None:
    home = teaching.build(tmp_path / "county")
    file = tmp_path / "training.yaml"
    file.write_text(ASKED, encoding="utf-8")
    with serving(home.root, tmp_path / "server.log") as site, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        page.set_default_timeout(2 * PATIENCE)
        sign_in(page, site, "data_scientist")
        page.goto(f"{site}/training?lang=en")
        shows(page, "No training is running.")
        started(page, file)
        shows(page, "Training 1 is")
        started(page, file)
        page.locator(".st-key-training_cancel_2 button").click()
        page.locator(".st-key-training_stop_2 button").click()
        shows(page, "Training 2 was asked to stop.")
        shows(page, "in need now:")  # the step it is at, without reloading
        # Another person sees the same; a closed browser stops nothing.
        page.close()
        other = browser.new_context(viewport={"width": 1440, "height": 1600}).new_page()
        other.set_default_timeout(2 * PATIENCE)
        sign_in(other, site, "data_scientist")
        other.goto(f"{site}/training?lang=zh")
        shows(other, "选中且被走访的")
        shows(other, "停止，未登记任何结果")
        other.locator(".st-key-training_model a").click()
        shows(other, "风险模型")
    assert queue.find(home, 1).told is State.DONE
    assert queue.find(home, 2).told is State.CANCELLED
