"""EPH: the household panel of Argentina's statistics office INDEC, as department files.

Source: INDEC, Encuesta Permanente de Hogares, public anonymised quarterly micro-data. Households
answer in quarters q, q+1, q+4, q+5. The adapter turns any set of its quarters into the files of
six feeds, so that the panel goes through the same ingest, features and training as a county.
"""

from __future__ import annotations

from benchmarks.eph.adapter import AdaptReport, adapt
from benchmarks.eph.files import PanelError

__all__ = ["AdaptReport", "PanelError", "adapt"]
