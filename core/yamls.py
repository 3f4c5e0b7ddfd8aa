"""Editing YAML as a person would: what is not changed stays as it was written, comments too."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from ruamel.yaml import YAML


def edited(text: str, change: Callable[[Any], None]) -> str:
    """The text after `change` was applied to its content (mappings and lists, in place)."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096  # never fold a line that was not folded
    yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load(text)
    change(content)
    written = StringIO()
    yaml.dump(content, written)
    return written.getvalue()
