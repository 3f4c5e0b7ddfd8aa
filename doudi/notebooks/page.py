"""An executed notebook as one page that needs nothing else: no script, no font, no address."""

from __future__ import annotations

import html
from typing import Any

from dashboard.charts.style import ACCENT, FONT, INK, LINE, PALE, SOFT

STYLE = f"""
body {{ font-family: {FONT}; color: {INK}; max-width: 860px; margin: 2rem auto; padding: 0 1rem;
  line-height: 1.55; font-size: 15px }}
h1 {{ font-size: 1.6rem }} h2 {{ font-size: 1.15rem; margin-top: 2rem }}
a {{ color: {ACCENT} }} img {{ max-width: 100%; height: auto }}
pre {{ background: {PALE}; padding: .6rem .8rem; overflow-x: auto; font-size: 12.5px }}
pre.out {{ background: none; border-left: 3px solid {LINE}; color: {SOFT};
  white-space: pre-wrap }}
pre.end {{ background: none; border-left: 3px solid {ACCENT}; white-space: pre-wrap }}
table {{ border: 0; border-collapse: collapse; font-size: 13px;
  font-variant-numeric: tabular-nums }}
th, td {{ text-align: right; padding: .2rem .7rem; border: 0; border-bottom: 1px solid {LINE};
  vertical-align: top }}
th {{ font-weight: 600 }} tbody th {{ text-align: left; font-weight: 400 }}
"""


def html_of(book: Any, title: str) -> str:
    """The page of an executed notebook (nbformat 4)."""
    from markdown_it import MarkdownIt

    prose = MarkdownIt("commonmark").enable("table")
    parts = [
        prose.render(cell.source)
        if cell.cell_type == "markdown"
        else _code(cell.source) + "".join(_output(o) for o in cell.get("outputs", []))
        for cell in book.cells
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>\n{''.join(parts)}</body></html>\n"
    )


def _code(source: str) -> str:
    return f"<pre>{html.escape(source)}</pre>\n"


def _output(output: Any) -> str:
    """One output in the richest form it has: picture, table, text."""
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return f'<pre class="end">{html.escape(str(output.evalue))}</pre>\n'
    data = output.data
    if "image/png" in data:
        told = html.escape(str(data.get("text/plain", "")), quote=True)
        return (
            f'<p><img alt="{told}" src="data:image/png;base64,{data["image/png"].strip()}"></p>\n'
        )
    if "text/html" in data:
        return f"<div>{data['text/html']}</div>\n"
    return _text(str(data.get("text/plain", "")))


def _text(text: str) -> str:
    return f'<pre class="out">{html.escape(text)}</pre>\n'
