"""The record: who did, saw or was refused what, append-only, hash-chained, anchored outside."""

from core.audit.entry import SYSTEM, Entry, address_of, place_of
from core.audit.errors import AuditError
from core.audit.writing import record, record_at_end, record_many

__all__ = [
    "SYSTEM",
    "AuditError",
    "Entry",
    "address_of",
    "place_of",
    "record",
    "record_at_end",
    "record_many",
]
