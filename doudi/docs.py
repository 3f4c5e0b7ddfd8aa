"""Generated reference pages: `python -m doudi.docs` writes them, `--check` compares.

The texts come from the same declarations that the code runs on, so they cannot drift.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import alerts.docs
import data.docs
import features.docs
import models.scorecard.docs

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

PAGES: dict[str, Callable[[], str]] = {
    "feeds.md": data.docs.text,
    "features.md": features.docs.text,
    "indicators.md": models.scorecard.docs.text,
    "alert-states.md": alerts.docs.text,
}


def main(argv: list[str]) -> int:
    """Write the pages, or with --check report the stale ones and return 1."""
    stale = []
    for name, text in PAGES.items():
        path, wanted = FOLDER / name, text().rstrip() + "\n"
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            continue
        stale.append(name)
        if "--check" not in argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    if "--check" in argv and stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run 'make docs'\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
