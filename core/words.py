"""Text in Chinese and English: every word a user can see exists in both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field

# Holds for texts read from files; pydantic checks it there, nobody checks a text made in code.
Filled = Annotated[str, Field(min_length=1, pattern=r"\S")]


def pick(zh: str, en: str, language: str) -> str:
    """`zh` for 'zh' (any Chinese locale), `en` for anything else."""
    return zh if language.startswith("zh") else en


class Bilingual:
    """Anything with a Chinese and an English form in `zh` and `en`: mixed into what has them."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        """The form in 'zh' (any Chinese locale) or English (anything else)."""
        return pick(self.zh, self.en, language)


@dataclass(frozen=True)
class Text(Bilingual):
    """One text in both languages.

    As a field of a pydantic model it is read from `{zh: …, en: …}`; a blank text or another key is
    refused there.
    """

    zh: Filled
    en: Filled

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @classmethod
    def of(cls, thing: Bilingual) -> Text:
        """The words alone of something that has more to it."""
        return cls(thing.zh, thing.en)


class Worded(Bilingual, StrEnum):
    """Codes that are stored, with their words: `RAISED = ("raised", "待派单", "Raised")`."""

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """Make a member from its stored code and its two labels."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh, member.en = zh, en
        return member


class WordedNumber(Bilingual, IntEnum):
    """Numbers that are stored, with their words: `RED = (1, "红", "Red")`."""

    def __new__(cls, number: int, zh: str = "", en: str = "") -> Self:
        """Make a member from its stored number and its two labels."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.zh, member.en = zh, en
        return member
