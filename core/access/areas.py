"""Areas as a tree (county › township › village) and, across it, a department."""

from __future__ import annotations

from dataclasses import dataclass

TOWNSHIP_DIGITS = 9


@dataclass(frozen=True)
class Area:
    """A part of the county: '' is all of it, nine digits a township, more a village.

    `department` narrows it to the households in whose case that department has a need to meet.
    """

    code: str = ""
    department: str = ""

    def __bool__(self) -> bool:
        """Whether it is less than the whole county."""
        return bool(self.code or self.department)

    @property
    def is_village(self) -> bool:
        """Whether the code is that of a village."""
        return len(self.code) > TOWNSHIP_DIGITS

    @property
    def township(self) -> str:
        """The township it lies in; '' for the whole county."""
        return self.code[:TOWNSHIP_DIGITS]

    def holds(self, other: Area) -> bool:
        """Whether everything in `other` lies in this area too."""
        return _above(self.code, other.code) and self.department in {"", other.department}


def _above(code: str, other: str) -> bool:
    """Whether a code is the other's own, or stands above it in the tree.

    A village code begins with its township's; no other prefix means anything.
    """
    if not code or code == other:
        return True
    return len(code) == TOWNSHIP_DIGITS and other[:TOWNSHIP_DIGITS] == code


COUNTY = Area()
