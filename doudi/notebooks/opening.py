"""Opening what a notebook looks at. What is missing is told in one line, without a traceback."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from core.home import Home, HomeError

ROOT = Path(__file__).resolve().parents[2]
HOME, PANEL = "DOUDI_HOME", "DOUDI_EPH"
# What a training writes; all else of a home is only read and is linked into the scratch home.
WRITTEN = ("reports", "scores", "profile")


class _OneLine(HomeError):
    """An end that a notebook shows as one line."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks the exception itself how it wants to be shown.
        return [str(self)]


class NoCounty(_OneLine):
    """There is no county to look at."""


class NoPanel(_OneLine):
    """There is no panel: the notebook ends here, and ends well."""


def open_home() -> Home:
    """The home named by DOUDI_HOME, else the repository's own folder.

    Raises NoCounty when no month of a county was scored there.
    """
    home = Home(Path(os.environ.get(HOME) or ROOT).resolve())
    if not home.county_file.exists() or not home.months("risk"):
        raise NoCounty(
            f"no scored county in {home.root.name}/: run 'make demo SERVE=0' first, "
            f"or set {HOME} to a home that has one"
        )
    return home


def open_panel() -> Path:
    """The folder of the household panel named by DOUDI_EPH.

    Raises NoPanel, which says where such a panel comes from, when there is none.
    """
    named = os.environ.get(PANEL)
    if not named or not Path(named).is_dir():
        raise NoPanel(
            f"no panel here: set {PANEL} to a folder with hogar/ and indiv/ of the EPH, public "
            "micro-data of INDEC, www.indec.gob.ar (Encuesta Permanente de Hogares, 2003-2011)"
        )
    return Path(named)


def scratch_home(home: Home) -> Home:
    """A throw-away home that reads the data of `home` through links and keeps what is written.

    MLflow's store, reports, and profiles or scores built on the way are its own; a tracking server
    named in the environment is forgotten, so that no trial reaches it. It lies in the system's
    folder for temporary files and is removed when the notebook's program ends.
    """
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    folder = tempfile.mkdtemp(prefix="doudi-notebook-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    scratch = Home(Path(folder))
    scratch.data.mkdir()
    for entry in home.data.iterdir():
        # The vault and the truth stay closed: a training needs neither.
        if entry.name not in (*WRITTEN, "vault", "truth"):
            (scratch.data / entry.name).symlink_to(entry)
    for kind in ("scores", "profile"):
        (scratch.data / kind).mkdir()
        for month in home.months(kind):
            scratch.monthly(kind, month).symlink_to(home.monthly(kind, month))
    return scratch


def note(home: Home, text: str) -> str:
    """The small print of a picture: synthetic where the county is, then the text."""
    return f"Synthetic 合成数据. {text}" if home.county.get("synthetic") else text
