"""Ingest: department files in, checked Parquet and quarantine lists out."""

from __future__ import annotations

from data.ingest.report import IngestError, IngestReport
from data.ingest.run import ingest_arriving, ingest_directory, ingest_file

__all__ = ["IngestError", "IngestReport", "ingest_arriving", "ingest_directory", "ingest_file"]
