"""x"""

from __future__ import annotations


def finish(*a, **k): ...
