"""Files that a sender names or heads in its own way, understood without code."""

from __future__ import annotations

from data.mapping.guessing import Column, Guess, guess
from data.mapping.names import name_form, sign_of, told_by_name
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
    "guess",
    "mapping_for",
    "mapping_of_headers",
    "name_form",
    "read_mappings",
    "save",
    "sign_of",
    "told_by_name",
    "withdraw",
]
