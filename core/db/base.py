"""The base that every table of the database is declared on, whichever room declares it."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of all tables: the migrations are compared with its metadata."""
