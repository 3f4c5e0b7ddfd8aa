"""Keep what was drawn: the same figures in the same language are the same chart.

Plotly checks every value of a chart as it is built, which costs more than all the rest of a page.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from threading import Lock
from typing import Any, ParamSpec

import plotly.graph_objects as go
from cachetools import LRUCache, cached

from dashboard.i18n import Say

KEPT = 512  # charts, of all readers together
Given = ParamSpec("Given")

_drawn: LRUCache[bytes, go.Figure] = LRUCache(KEPT)
_lock = Lock()


def kept(builder: Callable[Given, go.Figure]) -> Callable[Given, go.Figure]:
    """Draw once for the same arguments. What comes back is shared: nobody may change it."""
    name = f"{builder.__module__}.{builder.__qualname__}"

    def key(*args: Any, **more: Any) -> bytes:
        named = sorted((word, _plain(one)) for word, one in more.items())
        given = pickle.dumps((name, [_plain(one) for one in args], named))
        return hashlib.sha256(given).digest()

    return cached(_drawn, key, _lock)(builder)


def _plain(given: Any) -> Any:
    return given.language if isinstance(given, Say) else given
