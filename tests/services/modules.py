"""The use cases as they stand in the public modules of the room."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import services
from services import use_case

# What the use cases are made of; no face calls these.
INSIDE = {
    "arriving",
    "case_work",
    "cache",
    "context",
    "disclosure",
    "entering",
    "households",
    "making",
    "purpose",
    "reads",
    "record",
    "roles",
    "use_case",
}
Found = tuple[str, Callable[..., Any]]


def public() -> list[str]:
    """The modules of use cases."""
    return sorted(m.name for m in pkgutil.iter_modules(services.__path__) if m.name not in INSIDE)


def callables() -> Iterator[Found]:
    """Every public function that a module of use cases declares, by 'module.name'."""
    for module in public():
        there = importlib.import_module(f"services.{module}")
        for name, one in vars(there).items():
            if name.startswith("_") or not inspect.isfunction(one):
                continue
            if hasattr(one, "use_case") or one.__module__ == there.__name__:
                yield f"{module}.{name}", one


def wrappers() -> dict[str, Callable[..., Any]]:
    """The wrapped use cases by the name of their row."""
    return {one.use_case.name: one for _, one in callables() if hasattr(one, "use_case")}


def with_stub(wrapper: Callable[..., Any], stub: Callable[..., Any]) -> Callable[..., Any]:
    """The real wrapper around a stub in the place of the function behind it."""
    assert wrapper.__code__.co_filename == use_case.__file__
    cells = dict(zip(wrapper.__code__.co_freevars, wrapper.__closure__ or (), strict=True))
    cells["function"].cell_contents = stub
    return wrapper
