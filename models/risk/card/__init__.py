"""The model card: one printable document per version, in Chinese or English."""

from __future__ import annotations

from models.risk.card.gather import Card, gather
from models.risk.card.page import card_html

__all__ = ["Card", "card_html", "gather"]
