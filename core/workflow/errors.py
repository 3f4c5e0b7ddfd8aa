"""What an act on a case can be refused for. A room derives its own errors from these."""

from __future__ import annotations

from typing import ClassVar

from core.errors import Told
from core.words import Text


class MoveRefused(Told):
    """The life-cycle does not allow this action now; the message lists what it allows."""


class CaseChanged(Told):
    """Someone else changed the case after this page was read; look again before acting.

    `story` says who did what and when, in Chinese and English, where that is known.
    """

    what: ClassVar[Text] = Text("事项", "case")

    def __init__(self, number: int, story: tuple[str, str] | None = None) -> None:
        self.story = story
        zh, en = story or (
            f"{self.what.zh} {number} 刚刚已被他人更新",
            f"{self.what.en} {number} was changed by someone else a moment ago",
        )
        super().__init__(
            f"{zh}。本次操作未执行，请看过最新情况后再操作",
            f"{en}; nothing was done here, look at it as it is now and try again",
        )


class CaseNotFound(Told):
    """No case (or part of one) with that number."""

    def __init__(self, what_zh: str, what_en: str, number: int) -> None:
        super().__init__(
            f"没有编号为 {number} 的{what_zh}；请从列表中选择",
            f"there is no {what_en} number {number}; choose one from the list",
        )
