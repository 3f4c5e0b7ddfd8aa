"""Which feeds a model learns from had fallen silent when it was trained."""

from __future__ import annotations

from datetime import date

import data.lake
from core.home import Home
from features.catalogue import model_features
from models.risk.portable.feeds import silent_feeds

DAY = date(2026, 6, 30)


class QuietLake:
    """Every feed but one still tells."""

    silent = ""

    def __init__(self, home) -> None:
        pass

    def silent_since(self, feed, as_of):
        return date(2025, 1, 31) if feed == self.silent and as_of == DAY else None


def test_only_feeds_that_the_features_use_count(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(data.lake, "Lake", QuietLake)
    one = next(f for f in model_features() if f.feeds)
    other = next(f for f in model_features() if f.feeds and not set(f.feeds) & set(one.feeds))
    monkeypatch.setattr(QuietLake, "silent", one.feeds[0])
    assert silent_feeds(Home(tmp_path), [one.name, other.name], DAY) == [one.feeds[0]]
    assert silent_feeds(Home(tmp_path), [other.name], DAY) == []
    assert silent_feeds(Home(tmp_path), [one.name], date(2026, 5, 31)) == []
    assert silent_feeds(Home(tmp_path), ["a column of one's own"], DAY) == []
