"""Trainings asked for, done, cancelled: each recorded under the name of whoever asked."""

from __future__ import annotations

from datetime import date

import pytest

import models.risk
from core import jobs
from core.access.principal import Refused
from core.access.roles import Role
from core.home import Home
from core.jobs import State, queue
from services import training, works
from services.reads import training as reads
from services.training import ConfigError, parse
from tests.accounts import context
from tests.dashboard import teaching
from tests.services.conftest import recorded

ASKED = {"known_by": "2025-12", "questions": ["existing"], "refit": False,
         "candidates": ["lightgbm", "logistic"]}  # fmt: skip


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """No runner is started; what would have been is kept."""
    found: list[list[str]] = []
    monkeypatch.setattr(jobs, "ensure_runner", lambda home, command: found.append(command))
    return found


@pytest.fixture
def county(tmp_path) -> Home:
    return teaching.build(tmp_path / "county")


def scientist(home: Home, role: Role = Role.DATA_SCIENTIST):
    return context(home.root, date(2026, 6, 30), role=role)


@pytest.mark.slow
def test_a_training_is_asked_done_and_shown_with_its_figures(county: Home, started: list) -> None:
    here = scientist(county)
    assert training.queue(here) == ()
    number = training.ask(here, parse(ASKED))
    assert started == [works.command(county)]
    assert queue.claim(county).id == number
    assert jobs.do(county, number, works.WORKS) is State.DONE
    job = training.queue(here)[0]
    figures = job.found[0]
    assert (job.number, job.state, job.asked_by) == (number, State.DONE, here.principal.account)
    assert figures.low < figures.precision < figures.high
    assert figures.n > 0
    assert figures.version == models.risk.read_report(county)["version"]
    assert all(fault.zh and fault.en for fault in figures.faults)
    seconds, of = training.estimate(here)
    assert of == 1
    assert seconds > 0
    asked, done = recorded(county, "ask_training")[0], recorded(county, "train")[0]
    assert asked.account == done.account == here.principal.account
    assert parse(ASKED).digest in asked.detail
    assert figures.version in done.detail


@pytest.mark.slow
def test_a_failure_is_told_in_both_languages_in_one_line(county: Home, started: list) -> None:
    here = scientist(county)
    number = training.ask(here, parse(ASKED | {"populations": ["secured"]}))
    queue.claim(county)
    assert jobs.do(county, number, works.WORKS) is State.FAILED
    why = training.queue(here)[0].why
    assert "no visit's finding" in why.en
    assert "没有任何走访结果" in why.zh
    assert "\n" not in why.en + why.zh


def test_a_waiting_one_is_cancelled_and_both_acts_are_recorded(county: Home, started: list) -> None:
    here = scientist(county)
    number = training.ask(here, parse(ASKED))
    assert training.cancel(here, number) is State.CANCELLED
    assert training.queue(here)[0].stopped_by == here.principal.account
    assert [e.object for e in recorded(county, "cancel_training")] == [str(number)]


def test_what_the_county_cannot_give_is_refused_before_it_is_queued(
    county: Home, started: list
) -> None:
    here = scientist(county)
    with pytest.raises(ConfigError, match="known_by 2030-01 is not among"):
        training.ask(here, parse({"known_by": "2030-01"}))
    assert training.queue(here) == ()
    assert started == []


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.DISPATCHER])
def test_only_data_scientists_train(county: Home, role: Role) -> None:
    here = scientist(county, role)
    for asked in (lambda: training.queue(here), lambda: training.ask(here, parse(ASKED))):
        with pytest.raises(Refused, match="train a model"):
            asked()


def test_steps_are_told_in_words() -> None:
    found = reads.step_words("existing rows 2025-03")
    assert (found.zh, found.en) == ("现存：读取 2025-03", "in need now: Reading 2025-03")
    assert reads.step_words("coming fit again").en.endswith("once more on the newest data")
    assert reads.step_words("register").en == "Registering"
    assert reads.step_words("").zh == "准备中"
