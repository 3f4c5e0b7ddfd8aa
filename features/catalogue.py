"""The catalogue of features: one entry per profile column, for labels, documents and the model."""

from __future__ import annotations

from features.discovery import declare_all
from features.engine.feature import Feature, registry

declare_all()
FEATURES: list[Feature] = list(registry().features.values())
BY_NAME: dict[str, Feature] = {f.name: f for f in FEATURES}


def model_features() -> list[Feature]:
    """Household columns the risk model may use, in catalogue order."""
    return [f for f in FEATURES if f.for_model]
