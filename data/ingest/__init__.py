"""Ingest: department files in, checked Parquet and quarantine lists out."""

from __future__ import annotations

from data.ingest.folders import ingest_arriving, ingest_directory, ingest_file
from data.ingest.report import IngestBusy, IngestError, IngestReport

__all__ = [
    "IngestBusy",
    "IngestError",
    "IngestReport",
    "ingest_arriving",
    "ingest_directory",
    "ingest_file",
]
