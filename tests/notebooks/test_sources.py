"""The notebooks as they are committed: they import and show, define nothing, hold no output."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from doudi.notebooks.running import SOURCES, scripts

DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LONGEST = 240
every = pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)


def tree(script: Path) -> ast.Module:
    return ast.parse(script.read_text(encoding="utf-8"))


def cells(script: Path) -> list[str]:
    """The source of each cell, its marker on the first line."""
    return ["# %%" + part for part in script.read_text(encoding="utf-8").split("# %%")[1:]]


def drawn(script: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree(script))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "stills"
    ]


def test_there_are_seven_in_order() -> None:
    assert [path.name[:2] for path in scripts()] == [f"{n:02d}" for n in range(1, 8)]


def test_nothing_but_scripts_and_their_readme_lies_in_the_folder() -> None:
    ours = {path.name for path in scripts()} | {"README.md", "executed", "__pycache__"}
    assert {path.name for path in SOURCES.iterdir()} - ours == set()


@every
def test_it_defines_nothing(script: Path) -> None:
    found = [node.lineno for node in ast.walk(tree(script)) if isinstance(node, DEFINING)]
    assert found == []


@every
def test_it_holds_no_output(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert "image/png" not in text
    assert "data:image" not in text
    assert max(map(len, text.splitlines())) <= 100


@every
def test_it_is_short(script: Path) -> None:
    assert len(script.read_text(encoding="utf-8").splitlines()) <= LONGEST


@every
def test_it_begins_with_what_it_answers_and_ends_with_what_is_next(script: Path) -> None:
    first, *_, last = cells(script)
    assert first.startswith("# %% [markdown]")
    assert "**What this answers.**" in first
    assert last.startswith("# %% [markdown]\n# ## What to look at next")


@every
def test_every_picture_says_something_and_tells_what_was_counted(script: Path) -> None:
    pictures = drawn(script)
    assert pictures
    for call in pictures:
        # What is drawn comes first: a cloud has two of it.
        title, note = call.args[2:4] if ast.unparse(call.func) == "stills.cloud" else call.args[1:3]
        assert isinstance(title, ast.JoinedStr), f"line {call.lineno}: a title without a figure"
        assert len(ast.unparse(title).split()) > 4, f"line {call.lineno}: a title that says nothing"
        assert not isinstance(note, ast.Constant) or note.value, f"line {call.lineno}: no note"


@every
def test_it_links_only_to_what_is_there(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    for target in [part.split(")")[0] for part in text.split("](")[1:]]:
        assert (SOURCES / target).exists(), target


def test_the_readme_names_every_notebook_and_shows_pictures_that_exist() -> None:
    text = (SOURCES / "README.md").read_text(encoding="utf-8")
    assert all(f"({path.name})" in text for path in scripts())
    shown = [part.split(")")[0] for part in text.split("![](")[1:]]
    assert shown
    assert [name for name in shown if not (SOURCES / name).exists()] == []
