"""The database of a home: its engine, its sessions, its migrations, the base of its tables."""

from core.db.base import Base
from core.db.store import (
    URL_VARIABLE,
    database_url,
    engine_of,
    exists,
    head,
    open_session,
    revision,
    upgrade,
)

__all__ = [
    "URL_VARIABLE",
    "Base",
    "database_url",
    "engine_of",
    "exists",
    "head",
    "open_session",
    "revision",
    "upgrade",
]
