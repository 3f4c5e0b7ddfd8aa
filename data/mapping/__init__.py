"""Files that a sender names or heads in its own way, understood without code."""

from __future__ import annotations

from data.mapping.guessing import Column, Guess, guess
from data.mapping.names import NameForm, name_form, told_by_name
from data.mapping.saved import (
    LEFT_OUT,
    Mapping,
    MappingError,
    mapping_for,
    read_mappings,
    save,
    withdraw,
)

__all__ = [
    "LEFT_OUT",
    "Column",
    "Guess",
    "Mapping",
    "MappingError",
    "NameForm",
    "guess",
    "mapping_for",
    "name_form",
    "read_mappings",
    "save",
    "told_by_name",
    "withdraw",
]
