"""A model card as one printable HTML file: nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from models.risk.card import words
from models.risk.card.gather import Card, name_of
from models.risk.card.parts import Part, Table, Telling

STYLE = """
@page { size: A4; margin: 14mm; }
body { font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC",
  "WenQuanYi Micro Hei", "Segoe UI", Arial, sans-serif; color: #1F2933; max-width: 190mm;
  margin: 6mm auto; padding: 0 4mm; font-size: 12px; line-height: 1.5; }
h1 { font-size: 20px; margin: 0 0 1mm; } h2 { font-size: 14px; margin: 5mm 0 1mm; color: #0F6E6E; }
p { margin: 0 0 1.5mm; } ul { margin: 0; padding-left: 5mm; }
.mark { border: 1px solid #5B666D; padding: 0 2mm; font-weight: 600; }
.quiet, footer { color: #5B666D; }
table { border-collapse: collapse; width: 100%; margin: 1mm 0; font-size: 11px; }
th { text-align: left; border-bottom: 1px solid #5B666D; font-weight: 600; vertical-align: bottom; }
th, td { padding: 0.6mm 2mm 0.6mm 0; }
td { border-bottom: 1px solid #E7EBEC; vertical-align: top; overflow-wrap: break-word; }
th.n, td.n { text-align: right; white-space: nowrap; } th.n { white-space: normal; }
td.head { font-weight: 600; padding-top: 2mm; } tr { break-inside: avoid; }
h2 { break-after: avoid; } thead { display: table-header-group; }
footer { margin-top: 6mm; font-size: 11px; border-top: 1px solid #DDE3E4; padding-top: 2mm; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
"""


def card_html(card: Card, language: str) -> str:
    """The whole document in 'zh' or 'en', complete in itself."""
    telling = Telling(card, language)
    question = telling.word(words.QUESTIONS, card.question)
    title = telling.say(f"模型卡：{question}，版本 {card.version}",
                        f"Model card: {question}, version {card.version}")  # fmt: skip
    about = telling.say(f"{name_of(card)}，{card.trained_on} 训练",
                        f"{name_of(card)}, trained on {card.trained_on}")  # fmt: skip
    county = card.county.pick(language) if card.county else ""
    return document(title, about, telling.parts(), language, above=county, synthetic=card.synthetic)


def document(
    title: str,
    about: str,
    parts: Iterable[Part],
    language: str,
    *,
    above: str = "",
    synthetic: bool = False,
) -> str:
    """A printable page: what stands above the title, the title, a line about it, its parts."""
    badge = ""
    if synthetic:
        badge = f'<p><span class="mark">{escape(words.SYNTHETIC.pick(language))}</span></p>'
    body = "".join(_part(one) for one in parts)
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head>'
        f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head><body>'
        f"<p>{escape(above)}</p><h1>{escape(title)}</h1>"
        f'<p class="quiet">{escape(about)}</p>{badge}{body}'
        f"<footer>{escape(words.FOOT.pick(language))}</footer></body></html>"
    )


def _part(part: Part) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in part.lines)
    told = f"<p>{escape(part.lines[0])}</p>" if len(part.lines) == 1 else f"<ul>{lines}</ul>"
    table = _table(part.table) if part.table else ""
    return f"<h2>{escape(part.title)}</h2>{told if part.lines else ''}{table}"


def _table(table: Table) -> str:
    head = "".join(f"<th{_kind(table, i)}>{escape(h)}</th>" for i, h in enumerate(table.headers))
    body = "".join(f"<tr>{_row(table, row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(table: Table, row: object) -> str:
    cells = list(row)  # type: ignore[call-overload]
    if len(cells) == 1:
        return f'<td class="head" colspan="{len(table.headers)}">{escape(str(cells[0]))}</td>'
    return "".join(f"<td{_kind(table, i)}>{escape(str(c))}</td>" for i, c in enumerate(cells))


def _kind(table: Table, column: int) -> str:
    return ' class="n"' if column >= table.numbers else ""
