"""The engine connection. Every table expression of the project runs on what this opens."""

from __future__ import annotations

import contextlib

import duckdb
import ibis
from ibis.backends.duckdb import Backend


def connect(threads: int = 2, memory: str = "6GB") -> Backend:
    """Open an in-memory DuckDB through Ibis.

    `memory` is DuckDB's own limit. Extensions are never fetched: a bureau's network is closed.
    """
    con = ibis.duckdb.connect(
        threads=threads,
        memory_limit=memory,
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    # In a notebook without ipywidgets DuckDB refuses even to switch off the bar it cannot draw.
    with contextlib.suppress(duckdb.InvalidInputException):
        con.raw_sql("SET enable_progress_bar = false")
    con.raw_sql("SET TimeZone = 'UTC'")
    return con
