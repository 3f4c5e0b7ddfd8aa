"""A bulletin on paper: as PDF or for Word."""

from __future__ import annotations

from dashboard.app_pages.overview.bulletin import Bulletin
from dashboard.app_pages.overview.bulletin_pdf import pdf
from dashboard.app_pages.overview.bulletin_word import word


def on_paper(told: Bulletin, ending: str) -> bytes:
    """The file; `ending` is 'pdf' or 'docx'."""
    return pdf(told) if ending == "pdf" else word(told)
