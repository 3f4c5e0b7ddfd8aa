"""The base of errors that people read: one line in Chinese, one in English."""

from __future__ import annotations

from core.words import Bilingual


class Told(Bilingual, Exception):
    """What is wrong and what would be right, told in both languages, one line each."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def text(self, language: str) -> str:
        """The message in 'zh' (any Chinese locale) or English (anything else)."""
        return self.pick(language)
