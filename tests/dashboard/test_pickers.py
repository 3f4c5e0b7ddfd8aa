"""Pickers that may stand empty: without words of ours Streamlit's English ones stand in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"


def pickers() -> Iterator[tuple[str, set[str]]]:
    """Where a picker stands that may be empty, and the names of what it is given."""
    for file in sorted(DASHBOARD.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            given = {word.arg: word.value for word in call.keywords if word.arg}
            empty = ast.unparse(given["index"]) == "None" if "index" in given else False
            kind = call.func.attr
            if kind == "multiselect" or (kind == "selectbox" and empty):
                yield f"{file.relative_to(DASHBOARD)}:{call.lineno}", set(given)


@pytest.mark.slow
def test_a_picker_that_may_stand_empty_says_so_in_the_readers_language() -> None:
    found = dict(pickers())
    assert len(found) > 20
    assert [where for where, given in found.items() if "placeholder" not in given] == []
