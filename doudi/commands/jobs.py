"""`doudi jobs`: the queue of long work, and the process that does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core import jobs
from core.db.store import ready, upgrade
from core.home import Home
from core.jobs import Job
from doudi.commands.options import AsJson, HomeDir, home_of, print_json, recorded
from doudi.progress import console
from doudi.tables import show

app = typer.Typer(
    help="Long work in the background: trainings, figures of fairness, watch, explanations.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(help="The job's number; see 'doudi jobs list'.")]


@app.command(name="list")
def list_jobs(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Jobs that wait, run or have ended, newest first."""
    folder = home_of(home)
    rows = [_row(job) for job in jobs.listed(folder)] if ready(folder) else []
    if as_json:
        print_json(rows)
        return
    columns = ["job", "kind", "title", "state", "progress", "asked_by", "asked_at", "why"]
    show("jobs", columns, [[row[c] for c in columns] for row in rows])


def _row(job: Job) -> dict[str, Any]:
    far = f"{job.label} {job.done}/{job.total}" if job.total else job.label
    return {
        "job": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "progress": far,
        "asked_by": job.asked_by,
        "asked_at": job.asked_at.isoformat(timespec="seconds"),
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "why": json.loads(job.error)["en"] if job.error else None,
        "result": job.gave or None,
    }


@app.command()
def cancel(number: Number, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Take a job out of the queue, or ask it to stop; what it had begun is cleared away."""
    from services import operator, works

    folder = home_of(home)
    upgrade(folder)
    verb = works.CANCELLED[jobs.find(folder, number).kind]
    state = jobs.cancel(folder, number, operator.principal().account)
    recorded(folder, verb, "job", str(number))
    if as_json:
        print_json({"job": number, "state": state})
        return
    stopping = state is jobs.State.RUNNING
    console.print(f"Job {number} {'was asked to stop' if stopping else 'is cancelled'}.")


@app.command()
def work(
    home: HomeDir = Path(),
    stay: Annotated[
        bool, typer.Option("--stay", help="Wait for new jobs for ever, as a service does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do what waits, in order, one job at a time; a second worker of a home ends at once."""
    folder = home_of(home)
    upgrade(folder)
    count = jobs.work(folder, lambda number: _command(folder, number), stay=stay)
    if as_json:
        print_json({"done": count, "other_worker": count is None})
    elif count is None:
        console.print("Another worker is there already.")
    else:
        console.print(f"{count} job(s) done; none waits.")


def _command(home: Home, number: int) -> list[str]:
    return ["-m", "doudi.cli", "jobs", "do", str(number), "--home", str(home.root)]


@app.command(hidden=True)
def do(number: Number, home: HomeDir = Path()) -> None:
    """Do one job that a worker has taken; for the worker."""
    from services import works

    jobs.do(home_of(home), number, works.WORKS)
