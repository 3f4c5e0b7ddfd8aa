"""When the model can begin, in words, for each question that no model answers yet."""

from __future__ import annotations

from core.home import HomeError
from core.words import Text
from models.risk.beginning import Beginning, beginnings
from services.reads import base
from services.reads.checklist.office import QUESTION, beginning_words, in_use


@base.cached_models
def beginning(home: str) -> dict[str, Text]:
    """Question -> when it can be learned; {} where every question has a model, or no month ran."""
    folder = base.home_at(home)
    try:
        told = beginnings(folder)
    except HomeError:
        return {}
    return {q: _words(one) for q, one in told.items() if not in_use(folder, q)}


def _words(one: Beginning) -> Text:
    words, name = beginning_words(one), QUESTION[one.question]
    return Text(f"{name.zh}：{words.zh}", f"{name.en}: {words.en}")
