"""What makes a function a use case: a row in the table that says which action it is.

The row is written where the use case is declared, and checked each time it is called: a principal
who may not do the action in the context's area is refused, and the refusal is recorded. Without a
row nothing here can be called from a page, a route or the command line (a test looks for one).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from core.access.principal import Refused
from core.access.roles import Action
from services import households, record
from services.context import Context

# What a read may ask of the context by the names of its first parameters.
_FROM_CONTEXT = ("home", "as_of", "scope")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class UseCase:
    """One row: the use case's name, what it is allowed by, whether it writes.

    `action` is None for what everybody who has signed in may do. `household`: it is about the
    household of that argument, which must lie in the area.
    """

    name: str
    action: Action | None
    writes: bool = False
    household: bool = False


TABLE: dict[str, UseCase] = {}


def reading(
    action: Action | None, function: Callable[..., Any], *, household: bool = False
) -> Callable[..., Any]:
    """A use case that reads: `function` with home, month and area taken from the context.

    Its first argument becomes the Context; the others stay. Raises Refused.
    """
    names = list(inspect.signature(function).parameters)
    given = [name for name in _FROM_CONTEXT if name in names[: len(_FROM_CONTEXT)]]
    row = _row(function, action, writes=False, household=household)
    place = names.index("household") - len(given) if household else 0

    @wraps(function)
    def asked(context: Context, *args: Any, **named: Any) -> Any:
        context = _checked(row, context)
        if household:
            about = named["household"] if "household" in named else args[place]
            context = households.opened(context, row.action, about)
        values = {"home": context.home, "as_of": context.as_of, "scope": context.scope}
        return function(*(values[name] for name in given), *args, **named)

    asked.use_case = row  # type: ignore[attr-defined]
    return asked


def acting(action: Action | None) -> Callable[[F], F]:
    """A use case that writes: a function of the context, called once the action is allowed."""

    def declare(function: F) -> F:
        row = _row(function, action, writes=True, household=False)

        @wraps(function)
        def asked(context: Context, *args: Any, **named: Any) -> Any:
            return function(_checked(row, context), *args, **named)

        asked.use_case = row  # type: ignore[attr-defined]
        return asked  # type: ignore[return-value]

    return declare


def _row(
    function: Callable[..., Any], action: Action | None, writes: bool, household: bool
) -> UseCase:
    """The use case's row; one name stands for one rule, so a second, different one is an error."""
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
    row = TABLE.setdefault(name, UseCase(name, action, writes, household))
    if row.action is not action or row.household != household:
        raise ValueError(f"two use cases are called {name}, with different rules")
    return row


def _checked(row: UseCase, context: Context) -> Context:
    """The context, if its principal may; a refusal is recorded before it is raised."""
    if row.action is None:
        return context
    try:
        context.principal.require(row.action, context.scope)
    except Refused:
        record.refusal(context, row.action, row.name)
        raise
    return context
