"""The `doudi` command: one line per error, never a traceback unless --debug asks for it."""

from __future__ import annotations

import logging
import os
import sys

import typer

from core.atomic import close_to_others
from doudi.commands import (
    accounts,
    audit,
    backup,
    bands,
    benchmark,
    card,
    check,
    county,
    fairness,
    feed_templates,
    feeds,
    households,
    identity,
    init,
    jobs,
    mapping,
    mlflow,
    model,
    notices,
    recall,
    regions,
    reports,
    rolling,
    rules,
    serve,
    study,
    vault,
    watch,
)
from doudi.errors import explain_error
from doudi.progress import console

app = typer.Typer(
    name="doudi",
    help="Doudi 兜底: early warning of household poverty, from department files to visits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for room in (init, check, backup, card, county, fairness, mlflow, model, recall, reports, rolling):
    room.register(app)
serve.register(app)
watch.register(app)
app.add_typer(audit.app, name="audit")
app.add_typer(accounts.app, name="accounts")
app.add_typer(bands.app, name="bands")
app.add_typer(benchmark.app, name="benchmark")
mapping.register(feeds.app)
app.add_typer(feeds.app, name="feeds")
feed_templates.register(feeds.app)
app.add_typer(households.app, name="households")
app.add_typer(identity.app, name="identity")
app.add_typer(jobs.app, name="jobs")
app.add_typer(notices.app, name="notices")
app.add_typer(regions.app, name="regions")
app.add_typer(rules.app, name="rules")
app.add_typer(study.app, name="study")
app.add_typer(vault.app, name="vault")


def main() -> None:
    """Run the command line; exit code 1 with a one-line message on a known error."""
    close_to_others()
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    # MLflow and Alembic announce their every step; the terminal is for our own progress.
    logging.basicConfig(level=logging.WARNING)
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # LightGBM's threads otherwise spin while they wait and starve a shared machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        app()
    except Exception as error:
        if debug:
            raise
        console.print(f"[red]doudi:[/red] {explain_error(error)}", highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
