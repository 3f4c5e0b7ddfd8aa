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

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dashboard.i18n import DOMAIN, LANGUAGES, LOCALE

ROOM = Path(__file__).parent
# A date of the day would change the compiled files without any new word.
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
KEYWORDS = {"say", "words", "mark"}


def messages() -> list[str]:
    """Every message id in the code of this room, in alphabetical order.

    Read from the syntax tree, so that calls inside f-strings are found as well.
    """
    found = set()
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in KEYWORDS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return sorted(found - {""})


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def po_file(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> dict[str, str]:
    """Message id -> translation, as the catalogue has it."""
    path = po_file(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id}


def write(language: str, words: dict[str, str]) -> None:
    """Write a language's catalogue and its compiled form, byte for byte the same each time."""
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_text(language, words))
    compiled = io.BytesIO()
    write_mo(compiled, _catalog(language, words))
    path.with_suffix(".mo").write_bytes(compiled.getvalue())


def _catalog(language: str, words: dict[str, str]) -> Catalog:
    dates = {"creation_date": NO_DATE, "revision_date": NO_DATE}
    catalog = Catalog(locale=language, domain=DOMAIN, fuzzy=False, **dates)
    for message, text in words.items():
        catalog.add(message, text)
    return catalog


def _text(language: str, words: dict[str, str]) -> bytes:
    # Dates and tool versions in a header would change the file without any new word.
    page = io.BytesIO()
    write_po(page, _catalog(language, words), omit_header=True, sort_output=True, width=100)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return header.encode() + page.getvalue()


def missing(language: str) -> list[str]:
    """Messages of the code that the language does not translate yet."""
    words = read(language)
    return [message for message in messages() if not words.get(message)]


def main(argv: list[str]) -> int:
    """Update both catalogues; 1 when a translation is missing."""
    found, lacking = messages(), []
    for language in LANGUAGES:
        words = read(language)
        default = (lambda m: m) if language == "en" else (lambda m: "")
        if "--check" not in argv:
            write(language, {m: words.get(m) or default(m) for m in found})
        lacking += [f"{language}: {m}" for m in found if not (words.get(m) or default(m))]
    if lacking:
        sys.stderr.write("not translated:\n" + "\n".join(lacking) + "\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
