"""How fast the vault takes in cards and answers: `python -m benchmarks.vault_speed [CARDS]`.

Runs in a folder that is thrown away. DOUDI_DATABASE_URL chooses PostgreSQL; the vault must then
be empty.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from core.home import Home
from data.vault import Card, HeadOf, Vault

CARDS, DELIVERIES, ASKED = 150_000, 5, 5_000
FIRST_DAY = date(2026, 1, 28)


def main(count: int) -> None:
    """Print seconds to write `count` cards as new, to write them again, and to read."""
    with tempfile.TemporaryDirectory(prefix="doudi-vault-") as scratch:
        os.environ.setdefault("DOUDI_VAULT_KEY_FILE", f"{scratch}/key")
        vault = Vault(Home(Path(scratch) / "home"))
        cards = [_card(n) for n in range(count)]
        heads = [HeadOf(f"h{n:020x}", f"H{n}", f"p{n:020x}", 0) for n in range(0, count, 3)]
        with vault.kept_open():
            for label, day in (("new", FIRST_DAY), ("again", FIRST_DAY.replace(month=2))):
                _timed(f"{count:,} cards, {label}", lambda day=day: _deliver(vault, day, cards))
            _timed(f"{len(heads):,} households", lambda: vault.remember(FIRST_DAY, heads=heads))
            _timed("marks of everybody", vault.marks)
        asked = [card.person for card in cards[:ASKED]]
        _timed(f"{ASKED:,} masked at once", lambda: vault.masked_many(asked))
        _timed("50 masked, a page", lambda: Vault(vault.home).masked_many(asked[:50]))


def _card(n: int) -> Card:
    number, name = f"9903211970{n:07d}X", f"测试{n % 997}"
    return Card(f"p{n:020x}", number, name, f"1390000{n % 10000:04d}")


def _deliver(vault: Vault, day: date, cards: list[Card]) -> None:
    size = len(cards) // DELIVERIES
    for start in range(0, len(cards), size):
        vault.remember(day, cards[start : start + size])


def _timed(label: str, act: object) -> None:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    print(f"{label:28} {time.perf_counter() - began:7.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CARDS)
