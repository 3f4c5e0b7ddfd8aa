"""Reading rule files: strict YAML in, checked models out, errors that name file and key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

M = TypeVar("M")


class ScorecardError(Exception):
    """A rule file or a profile does not fit; the message says where and what would be right."""


# libyaml's loader reads the 45 files five times faster, where the wheel has it.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Safe):
    """Safe YAML in which writing a key twice is an error instead of a silent overwrite."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = [(loader.construct_object(k), loader.construct_object(v, True)) for k, v in node.value]
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ScorecardError(f"{key}: written twice; keep one")
        found[key] = value
    return found


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _date(step: str) -> str:
    """pydantic names a date key by its Python form; people write 2026-01-01."""
    found = re.fullmatch(r"datetime\.date\((\d+), (\d+), (\d+)\)", step)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else step


def _where(location: tuple[int | str, ...]) -> str:
    """A pydantic location as a path a person can follow; list positions count from one."""
    steps = [f"no. {step + 1}" if isinstance(step, int) else _date(step) for step in location]
    # Names that pydantic adds for its own union branches and keys are no part of the file.
    inner = ("tuple[", "function-", "[key]", "constrained-", "bool", "literal[", "nullable")
    return ".".join(step for step in steps if not step.startswith(inner))


def _explain(error: ValidationError, name: str) -> str:
    """The first mistake as one line: file, key, what is wrong."""
    first = error.errors()[0]
    kind, where = first["type"], _where(first["loc"])
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        problem = "unknown key; correct its spelling or remove it"
    elif kind == "missing":
        problem = "missing; add it"
    elif (
        kind in ("string_too_short", "string_pattern_mismatch") and not str(first["input"]).strip()
    ):
        problem = "empty; write it out"
    elif kind == "value_error":
        problem = first["msg"].removeprefix("Value error, ")
    else:
        message = first["msg"][0].lower() + first["msg"][1:]
        problem = f"{message} (found {first['input']!r})"
    return f"{name}: {where + ': ' if where else ''}{problem}"


def read(path: Path, shape: type[M] | Any) -> M:
    """The content of a rule file as `shape` (a model, or a dict or list of models).

    Raises ScorecardError naming the file and the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScorecardError(f"{path.name}: no such file in {path.parent.name}/") from None
    found: M = parse(path.name, text, shape)
    return found


def parse(name: str, text: str, shape: type[M] | Any) -> M:
    """The text of a rule file as `shape`; `name` is what errors call it.

    Raises ScorecardError naming the file and the key.
    """
    try:
        content = yaml.load(text, Loader=_StrictLoader)  # noqa: S506
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            return shape.model_validate(content)  # type: ignore[return-value]
        return TypeAdapter(shape).validate_python(content)
    except ValidationError as error:
        raise ScorecardError(_explain(error, name)) from None
    except ScorecardError as error:
        raise ScorecardError(f"{name}: {error}") from None
    except yaml.YAMLError as error:
        line = getattr(error, "problem_mark", None)
        where = f"line {line.line + 1}: " if line else ""
        raise ScorecardError(f"{name}: {where}not readable as YAML") from None
