"""Errors of the alerts room: each says what is wrong and what would be right, in two languages."""

from __future__ import annotations


class AlertsError(Exception):
    """Base of every error of this room; `zh` and `en` are one line each, for people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def text(self, language: str) -> str:
        """The message in 'zh' (any Chinese locale) or English (anything else)."""
        return self.zh if language.startswith("zh") else self.en


class MoveRefused(AlertsError):
    """The life of an alert does not allow this action now; the message lists what it allows."""


class AlertChanged(AlertsError):
    """Someone else changed the alert after this page was read; look again before acting.

    `story` says who did what and when, in Chinese and English, where that is known.
    """

    def __init__(self, alert_id: int, story: tuple[str, str] | None = None) -> None:
        self.story = story
        zh, en = story or (
            f"预警 {alert_id} 刚刚已被他人更新",
            f"alert {alert_id} was changed by someone else a moment ago",
        )
        super().__init__(
            f"{zh}。本次操作未执行，请看过最新情况后再操作",
            f"{en}; nothing was done here, look at it as it is now and try again",
        )


class AlertNotFound(AlertsError):
    """No alert (or need) with that number."""

    def __init__(self, what_zh: str, what_en: str, number: int) -> None:
        super().__init__(
            f"没有编号为 {number} 的{what_zh}；请从列表中选择",
            f"there is no {what_en} number {number}; choose one from the list",
        )


class PrivateDataRefused(AlertsError):
    """A note holds an ID number or a phone number, which this store must never keep."""


class PolicyError(AlertsError):
    """The alert policy file has a wrong or missing value; the message names it."""
