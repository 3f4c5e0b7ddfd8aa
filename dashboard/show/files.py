"""Files about households: links that only this reader's browser can open, for a few minutes.

They lead to a route of our own (`dashboard.door.files`), which asks again who the reader is and
what they may see. Streamlit's own download links ask nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.access import links
from dashboard.door import reader
from dashboard.i18n import Say
from dashboard.show import cover, html
from services import Context

ADDRESS = "/files"
# What each kind of file is called, and its ending.
KINDS = {
    "alerts": "xlsx",
    "household": "html",
    "case_history": "html",
    "photo": "jpg",
    "mismatch": "xlsx",
    "tasks": "xlsx",
    "visits": "html",
    "quarantine": "xlsx",
    "precision": "xlsx",
    "rules": "zip",
    "laboratory": "xlsx",
    "laboratory_page": "html",
    "indicators": "xlsx",
    "watching": "xlsx",
    "supervision": "xlsx",
    "corrections": "xlsx",
    "work_pdf": "pdf",
    "work_docx": "docx",
    "fairness": "xlsx",
    "explanations": "xlsx",
    "model_card": "html",
    "external": "html",
    "external_figures": "xlsx",
    "folds": "xlsx",
    "model": "xlsx",
    "training": "xlsx",
    "training_config": "yaml",
    "pdf": "pdf",
    "docx": "docx",
    "feed_template": "xlsx",
    "regions_template": "xlsx",
}


def address(
    here: Context, kind: str, asked: Mapping[str, Any], title: str, say: Say, exact: str = ""
) -> str:
    """The sealed address of a file: what it is about, as of which month, of which area.

    `exact` is its whole name where more than a title is asked of it.
    """
    about = {
        "month": here.as_of.isoformat(),
        "area": here.scope.code,
        "department": here.scope.department,
        "lang": say.language,
        "name": exact or cover.file_name(here, title, KINDS[kind], say),
        "asked": json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }
    return f"{ADDRESS}/{kind}?{links.sealed(reader.secret() or '', kind, about, here.now)}"


def link(
    here: Context,
    kind: str,
    asked: Mapping[str, Any],
    title: str,
    say: Say,
    place: Any = st,
    named: str = "",
    exact: str = "",
) -> None:
    """A button that downloads the file; `named` is its name where that differs from the title.

    `exact`: see `address`.
    """
    there = html.text(address(here, kind, asked, named or title, say, exact))
    place.html(
        f'<a class="dd-file" href="{there}" target="_self" download>'
        f"<span aria-hidden='true'>⤓</span> {html.text(title)}</a>",
        width="content",
    )
