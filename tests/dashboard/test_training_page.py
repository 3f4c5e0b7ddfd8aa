"""Retrain: what can be chosen, what is asked, the queue that everybody sees."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from core import jobs
from core.access.roles import Role
from core.db import open_session
from core.jobs import State, queue
from core.jobs.models import Job
from models.risk.bench.config import parse
from tests.dashboard.factory import Made
from tests.dashboard.test_oversight_pages import shown

SCIENTIST = Role.DATA_SCIENTIST


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """No process is started; what would have been is kept."""
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "ensure_runner", lambda home, command: started.append(command))
    return started


@pytest.fixture
def page(own_county: Made, open_page):
    return lambda language="en": open_page(
        own_county.home.root, "training", language, role=SCIENTIST
    )


def asked(county: Made) -> list[Job]:
    return queue.listed(county.home)


def finished(county: Made, result: dict) -> int:
    number = queue.ask(county.home, "train", "t", parse({"seed": 3}).plain(), "wang.min")
    queue.claim(county.home)
    queue.ended(county.home, number, State.DONE, result=result)
    return number


RESULT = {
    "questions": [
        {"question": "existing", "version": "4", "precision": 0.33, "low": 0.24, "high": 0.45,
         "n": 61, "k": 600, "faults": [{"zh": "校准误差过大", "en": "its error is too large"}]}
    ]
}  # fmt: skip


def test_nothing_was_trained_yet_and_the_page_says_what_to_do(page) -> None:
    app = page()
    assert not app.exception
    assert [t.value for t in app.title] == ["Retrain"]
    text = shown(app)
    assert "No training is running." in text
    assert "Ask for one below" in text
    assert "no training was measured here" in text


@pytest.mark.slow
def test_the_fields_make_the_configuration_that_is_queued(
    page, own_county: Made, nobody_works: list
) -> None:
    app = page()
    app.radio("training_span").set_value("known_by").run()
    app.selectbox("training_known_by").set_value("2026-05").run()
    app.multiselect("training_questions").set_value(["existing"]).run()
    app.multiselect("training_populations").set_value(["watched"]).run()
    app.button_group("training_categories").set_value(["B", "C"]).run()
    app.button_group("training_candidates").set_value(["lightgbm", "logistic"]).run()
    app.number_input("training_minutes").set_value(20).run()
    app.number_input("training_tuning").set_value(5).run()
    app.button("training_start").click().run()
    assert not app.exception
    job = asked(own_county)[0]
    assert job.told is State.WAITING
    assert job.asked_by == "t-data-scientist"
    config = parse(job.asked_for)
    assert f"{config.known_by:%Y-%m}" == "2026-05"
    assert config.questions == ("existing",)
    assert config.populations == ("watched",)
    assert config.features.categories == ("B", "C")
    assert config.candidates == ("lightgbm", "logistic")
    assert config.minutes == 20
    assert config.tuning.minutes == 5
    assert nobody_works
    assert "1 wait" in shown(app)


def test_what_the_county_cannot_give_is_refused_beside_the_form(page, own_county: Made) -> None:
    """The county has five months: half a year ahead cannot be learned from them."""
    app = page()
    app.button("training_start").click().run()
    assert app.warning[0].value.startswith("known_by")
    app.button_group("training_candidates").set_value(["logistic"]).run()
    assert "at least one LightGBM" in app.warning[0].value
    assert asked(own_county) == []


def test_two_people_see_the_same_queue_and_either_may_stop_it(
    page, own_county: Made, open_page
) -> None:
    number = queue.ask(own_county.home, "train", "t", parse({}).plain(), "wang.min")
    queue.claim(own_county.home)
    queue.told(own_county.home, number, "existing rows 2025-03", 4, 40)
    one, other = page(), page("zh")
    assert "In need now: Reading 2025-03".lower() in str(one.get("progress")[0].proto.text).lower()
    assert "现存：读取 2025-03" in other.get("progress")[0].proto.text
    one.button(f"training_stop_{number}").click().run()
    assert not one.exception
    assert queue.find(own_county.home, number).cancel_at is not None
    other.run()
    assert "正在停止" in other.get("progress")[0].proto.text


def test_a_finished_one_shows_its_figures_with_n_and_interval_and_the_gate(
    page, own_county: Made
) -> None:
    number = finished(own_county, RESULT)
    text = shown(page())
    assert "of 61 picks that visits saw, 33.0% were in need (95% interval 24–45%)" in text
    assert "may not be promoted: its error is too large" in text
    assert "不能启用：校准误差过大" in shown(page("zh"))
    app = page()
    assert app.selectbox("training_which").value == number
    assert "seed: 3" in app.code[0].value


def test_failed_and_lost_ones_say_why_in_one_line(page, own_county: Made) -> None:
    home = own_county.home
    for state, why in (
        (State.FAILED, {"zh": "历史太短", "en": "too little history"}),
        (State.LOST, {"zh": "进程已不在", "en": "its process is gone"}),
    ):
        number = queue.ask(home, "train", "t", parse({}).plain(), "wang.min")
        with open_session(home) as session:
            values = {"state": state, "error": json.dumps(why)}
            session.execute(update(Job).where(Job.id == number).values(values))
    text = shown(page())
    assert "too little history" in text
    assert "its process is gone" in text
    assert "历史太短" in shown(page("zh"))
