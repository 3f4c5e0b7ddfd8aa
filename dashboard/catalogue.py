"""Collect the words of the pages and compile the catalogues: `python -m dashboard.catalogue`.

Existing translations are kept, new messages appear with an empty translation, messages that the
code no longer uses are dropped. `--check` changes nothing and fails when something is missing.
"""

from __future__ import annotations

import ast
import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dashboard.i18n import DOMAIN, LANGUAGES, LOCALE

ROOM = Path(__file__).parent
# A date of the day would change the compiled files without any new word.
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
KEYWORDS = {"say", "words", "mark"}
# A message about one thing or many is a pair: English of one, English of many.
Message = str | tuple[str, str]
Translation = str | tuple[str, ...]


def messages() -> list[Message]:
    """Every message id in the code of this room, in alphabetical order.

    Read from the syntax tree, so that calls inside f-strings are found as well.
    """
    found = set()
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (message := _message(node)):
                found.add(message)
    return sorted(found, key=first)


def first(message: Message) -> str:
    """The message id that the catalogue is ordered by."""
    return message if isinstance(message, str) else message[0]


def _message(call: ast.Call) -> Message | None:
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    function = call.func
    if isinstance(function, ast.Name) and function.id in KEYWORDS and call.args:
        return texts[0] if texts and texts[0] == getattr(call.args[0], "value", None) else None
    if isinstance(function, ast.Attribute) and function.attr == "many" and len(texts) >= 2:
        return texts[0], texts[1]
    return None


def po_file(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> dict[Message, Translation]:
    """Message id -> translation, as the catalogue has it."""
    path = po_file(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {_plain(m.id): _plain(m.string) for m in read_po(file, locale=language) if m.id}


def _plain(text: Translation | list[str]) -> Any:
    return text if isinstance(text, str) else tuple(text)


def write(language: str, words: dict[Message, Translation]) -> None:
    """Write a language's catalogue and its compiled form, byte for byte the same each time."""
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_text(language, words))
    compiled = io.BytesIO()
    write_mo(compiled, _catalog(language, words))
    path.with_suffix(".mo").write_bytes(compiled.getvalue())


def _catalog(language: str, words: dict[Message, Translation]) -> Catalog:
    dates = {"creation_date": NO_DATE, "revision_date": NO_DATE}
    catalog = Catalog(locale=language, domain=DOMAIN, fuzzy=False, **dates)
    for message, text in words.items():
        catalog.add(message, text)
    return catalog


def _text(language: str, words: dict[Message, Translation]) -> bytes:
    # Dates and tool versions in a header would change the file without any new word.
    page = io.BytesIO()
    write_po(page, _catalog(language, words), omit_header=True, sort_output=True, width=100)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
        f'"Plural-Forms: {_catalog(language, {}).plural_forms}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return header.encode() + page.getvalue()


def missing(language: str) -> list[Message]:
    """Messages of the code that the language does not translate yet."""
    words = read(language)
    return [message for message in messages() if not _told(words.get(message))]


def _told(text: Translation | None) -> bool:
    return bool(text) and (isinstance(text, str) or all(text))


def main(argv: list[str]) -> int:
    """Update both catalogues; 1 when a translation is missing."""
    found, lacking = messages(), []
    for language in LANGUAGES:
        words = read(language)
        told = {m: words.get(m) or (m if language == "en" else "") for m in found}
        if "--check" not in argv:
            write(language, told)
        lacking += [f"{language}: {first(m)}" for m in found if not _told(told[m])]
    if lacking:
        sys.stderr.write("not translated:\n" + "\n".join(lacking) + "\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
