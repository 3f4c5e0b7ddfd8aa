"""Executing a notebook: what is written, what its end says."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from doudi.notebooks import running
from doudi.notebooks.__main__ import main
from doudi.notebooks.running import NotebookError, run

PICTURE = """
# %% [markdown]
# # A heading

# %% picture="sizes"
import sys
import pandas as pd
from dashboard.charts import stills
print("no" + "ise", file=sys.stderr)
stills.bars(pd.Series({"one": 1.0, "two": 2.0}), "Two is twice <one>", "n = 3")

# %%
pd.Series([0.5], index=["share"]).to_frame("value")
"""
ENDING = """
# %%
from doudi.notebooks import open_panel
open_panel()

# %%
print("never said")
"""


def written(tmp_path: Path, text: str) -> Path:
    script = tmp_path / "00_trial.py"
    script.write_text(text.lstrip(), encoding="utf-8")
    return script


@pytest.mark.slow
def test_a_run_gives_a_notebook_a_page_and_its_named_pictures(tmp_path: Path) -> None:
    ran = run(written(tmp_path, PICTURE), tmp_path / "out")
    assert ran.pictures["sizes"].startswith(b"\x89PNG")
    assert ran.ended is None
    page = ran.html.read_text(encoding="utf-8")
    assert '<img alt="Two is twice &lt;one&gt;" src="data:image/png;base64,' in page
    assert "<h1>A heading</h1>" in page
    assert "<th>value</th>" in page
    assert "http" not in page
    assert "noise" not in page
    book = nbformat.read(ran.ipynb, as_version=4)
    assert [cell.cell_type for cell in book.cells] == ["markdown", "code", "code"]
    assert "noise" not in ran.ipynb.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_notebook_without_its_panel_ends_well_and_says_why(tmp_path: Path) -> None:
    ran = run(written(tmp_path, ENDING), tmp_path / "out", {"DOUDI_EPH": ""})
    assert ran.ended is not None
    assert "INDEC" in ran.ended
    page = ran.html.read_text(encoding="utf-8")
    assert '<pre class="end">no panel here' in page
    assert "Traceback" not in page
    assert '<pre class="out">never said' not in page


@pytest.mark.slow
def test_a_failing_notebook_is_named_and_kept_as_far_as_it_came(tmp_path: Path) -> None:
    script = written(tmp_path, "# %%\nprint('so far')\n\n# %%\n1 / 0\n")
    with pytest.raises(NotebookError, match=r"00_trial.py failed: ZeroDivisionError"):
        run(script, tmp_path / "out")
    assert '<pre class="out">so far' in (tmp_path / "out" / "00_trial.html").read_text("utf-8")


@pytest.mark.slow
def test_a_cell_that_takes_too_long_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TIMEOUT", 2)
    script = written(tmp_path, "# %%\nimport time\ntime.sleep(60)\n")
    with pytest.raises(NotebookError, match="a cell took more than 2 s"):
        run(script, tmp_path / "out")


def test_the_command_says_in_one_line_that_there_is_no_county(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import typer

    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    app = typer.Typer()
    app.command()(main)
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    said = done.stderr.strip() or capsys.readouterr().err.strip()
    assert "make demo SERVE=0" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()
