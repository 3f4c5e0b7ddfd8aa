"""Files that a sender names or heads in its own way, understood without code."""

from __future__ import annotations

from data.mapping.names import name_form, sign_of, told_by_name
from data.mapping.saved import (
    LEFT_OUT,
    Mapping,
    MappingError,
    mapping_for,
    mapping_of_headers,
    read_mappings,
    save,
    told_of,
    withdraw,
)

__all__ = [
    "LEFT_OUT",
    "Mapping",
    "MappingError",
    "mapping_for",
    "mapping_of_headers",
    "name_form",
    "read_mappings",
    "save",
    "sign_of",
    "told_by_name",
    "told_of",
    "withdraw",
]
