"""Errors of the record: each says what is wrong and what would be right, in two languages."""

from __future__ import annotations


class AuditError(Exception):
    """Base of every error of the record; `zh` and `en` are one line each, for people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def text(self, language: str) -> str:
        """The message in 'zh' (any Chinese locale) or English (anything else)."""
        return self.zh if language.startswith("zh") else self.en


class PrivateDataInRecord(AuditError):
    """A purpose or a detail holds an ID or phone number, which the record must never keep."""


class EntryRefused(AuditError):
    """An entry lacks what the record needs, or holds what it cannot keep."""


class AnchorFailed(AuditError):
    """The head of the record could not be written outside the database."""
