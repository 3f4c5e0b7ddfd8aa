"""The card of a version beside its run, so that whoever opens MLflow finds it there."""

from __future__ import annotations

from core.home import Home
from models.risk.card.gather import gather
from models.risk.card.page import card_html
from models.risk.tracking import open_client, quiet

LANGUAGES = ("zh", "en")


def keep_card(home: Home, version: str, question: str | None) -> None:
    """Log model_card/zh.html and en.html with the version's run, in place of earlier ones."""
    from models.risk.registry import version_of

    card = gather(home, version, question or "")
    run_id = version_of(home, version, question).run_id
    with quiet():
        for language in LANGUAGES:
            text = card_html(card, language)
            open_client(home).log_text(run_id, text, f"model_card/{language}.html")
