"""The MLflow runs of a training: open from its first step, closed however it ends."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.home import Home
from core.jobs import processes
from core.progress import Cancelled
from models.risk import tracking
from models.risk.bench.config import FILE, TrainingConfig
from models.risk.rows import Question

if TYPE_CHECKING:
    from mlflow import MlflowClient

RUNNING, KILLED, FAILED = "RUNNING", "KILLED", "FAILED"
DIGEST, HOST, PID, MARK = "training_sha256", "doudi.host", "doudi.pid", "doudi.process"


@contextmanager
def opened(
    home: Home, questions: Sequence[Question], config: TrainingConfig
) -> Iterator[Mapping[Question, str]]:
    """A run for each question, with the configuration in it; gives their ids.

    Runs that the block did not close itself end KILLED when it was cancelled and FAILED when it
    broke. Runs of trainings whose process is gone are closed first.
    """
    client, runs = tracking.open_client(home), {}
    with tracking.quiet():
        for question in questions:
            place = tracking.experiment(home, client, tracking.model_name(question))
            _close_the_lost(client, place)
            run = client.create_run(place, tags={"question": question, **_tags(config)})
            runs[question] = run.info.run_id
            client.log_text(run.info.run_id, config.as_yaml(), FILE)
    try:
        yield runs
    except BaseException as stop:
        how = KILLED if isinstance(stop, Cancelled | KeyboardInterrupt) else FAILED
        _close(client, runs.values(), how)
        raise


def _tags(config: TrainingConfig) -> dict[str, str]:
    pid, mark = processes.own()
    return {
        DIGEST: config.digest,
        HOST: socket.gethostname(),
        PID: str(pid),
        MARK: mark,
    }


def _close(client: MlflowClient, runs: Iterable[str], how: str) -> None:
    with tracking.quiet():
        for run_id in runs:
            if client.get_run(run_id).info.status == RUNNING:
                client.set_terminated(run_id, how)


def _close_the_lost(client: MlflowClient, place: str) -> None:
    """Runs still open on this machine whose process was killed before it could close them."""
    for run in client.search_runs([place], f"attributes.status = '{RUNNING}'", max_results=50):
        tags = run.data.tags
        here = tags.get(HOST) == socket.gethostname() and tags.get(PID, "").isdigit()
        if here and not processes.lives(int(tags[PID]), tags.get(MARK)):
            client.set_terminated(run.info.run_id, KILLED)
