"""Figures that take long are made by a job: the page asks, follows, and shows what was made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import services
from core import jobs
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from core.home import Home
from core.jobs import queue
from core.words import Text
from doudi.cli import app as command
from services import record_words, works
from services.cache import forget_all
from services.reads import watching
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text
from tests.services.explained import VERSION, with_model

Open = Callable[..., AppTest]
Started = list[list[str]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """No runner is started; what would have been is kept."""
    found: Started = []
    monkeypatch.setattr(jobs, "ensure_runner", lambda home, command: found.append(command))
    return found


@pytest.fixture
def explained(own_county: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    with_model(own_county, monkeypatch)
    return own_county


def acts(home: Home) -> list[str]:
    """What the record holds about jobs, in order."""
    query = select(AuditEvent).where(AuditEvent.object_kind == "job").order_by(AuditEvent.seq)
    with open_session(home) as session:
        return [event.action for event in session.scalars(query)]


def test_a_version_is_explained_by_a_job_and_then_shown(
    explained: Made, open_page: Open, started: Started
) -> None:
    home = explained.home
    app = open_page(home.root, "explanations", "en", role=Role.DATA_SCIENTIST)
    assert errors(app) == []
    assert "has not been explained" in page_text(app)
    here = context(home.root, explained.last)
    assert services.explanations.overview(here, "existing", VERSION) is None

    app.button("explanations_ask").click().run()
    assert errors(app) == []
    (job,) = jobs.listed(home, "explanation")
    assert services.explanations.ask(here, "existing", VERSION) == job.id  # asked twice, made once
    assert set(map(tuple, started)) == {tuple(works.command(home))}
    assert acts(home) == ["ask_explanation"]

    queue.claim(home)
    assert jobs.do(home, job.id, works.WORKS) is jobs.State.DONE
    forget_all()
    app = open_page(home.root, "explanations", "en", role=Role.DATA_SCIENTIST)
    assert errors(app) == []
    assert len(app.get("plotly_chart")) == 4


def test_a_month_is_watched_by_a_job(
    own_county: Made, open_page: Open, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, told = own_county.home, []
    monkeypatch.setattr(watching, "watch_month", lambda *given, **more: told.append((given, more)))
    app = open_page(home.root, "watching", "zh", role=Role.DATA_SCIENTIST)
    app.button("watching_ask").click().run()
    assert errors(app) == []
    assert told == []  # nothing is computed while the page is drawn
    (job,) = jobs.listed(home, "watch")
    queue.claim(home)
    assert jobs.do(home, job.id, works.WORKS) is jobs.State.DONE
    ((place, month), more) = told[0]
    assert (place.root, month) == (home.root, own_county.last)
    assert set(more["slots"]) == {"existing", "coming"}


def test_what_waits_says_for_how_many_jobs_and_nothing_of_them_where_there_is_none(
    explained: Made, open_page: Open, started: Started
) -> None:
    home, here = explained.home, context(explained.home.root, explained.last)
    number = services.watching.ask(here)

    def said(language: str) -> str:
        app = open_page(home.root, "watching", language, role=Role.DATA_SCIENTIST)
        assert errors(app) == []
        return app.get("progress")[0].proto.text

    assert services.watching.asked(here).ahead == 0
    assert said("en") == "It starts in a moment …"
    queue.cancel(home, number, "nobody")
    first = services.fairness.ask(here, "existing")
    services.explanations.ask(here, "existing", VERSION)
    services.watching.ask(here)
    assert said("en") == "Waiting for 2 jobs before it to end …"
    queue.claim(home)
    assert services.watching.asked(here).ahead == 2  # one runs, one waits
    queue.ended(home, first, jobs.State.DONE)
    assert said("zh") == "等待前面的 1 项任务结束 …"


@pytest.mark.parametrize(
    ("page", "kind", "about"),
    [
        ("watching", "watch", {}),
        ("explanations", "explanation", {"question": "existing", "version": VERSION}),
    ],
)
def test_why_it_could_not_be_made_is_told_in_one_line(
    explained: Made, open_page: Open, started: Started, page: str, kind: str, about: dict[str, str]
) -> None:
    here = context(explained.home.root, explained.last)
    number = getattr(services, page).ask(here, *about.values())
    queue.claim(explained.home)
    why = Text("磁盘已满", "the disk is full")
    queue.ended(explained.home, number, jobs.State.FAILED, error=why)
    app = open_page(explained.home.root, page, "zh", role=Role.DATA_SCIENTIST)
    assert any("磁盘已满" in one.value for one in app.warning)
    assert [one.key for one in app.button] == [f"{page}_ask"]


def test_cancelling_is_recorded_by_the_kind_of_job(explained: Made, started: Started) -> None:
    home, here = explained.home, context(explained.home.root, explained.last)
    asked = {
        "cancel_fairness": services.fairness.ask(here, "existing"),
        "cancel_watch": services.watching.ask(here),
        "cancel_explanation": services.explanations.ask(here, "existing", VERSION),
    }
    for verb, number in asked.items():
        done = CliRunner().invoke(
            command, ["jobs", "cancel", str(number), "--home", str(home.root)]
        )
        assert done.exit_code == 0, done.output
        assert acts(home)[-1] == verb


def test_every_kind_of_job_has_words_for_asking_and_cancelling() -> None:
    assert set(works.ASKED) == set(works.CANCELLED) == set(works.WORKS)
    for verb in (*works.ASKED.values(), *works.CANCELLED.values()):
        assert record_words.ACTS[verb].zh
