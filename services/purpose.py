"""The purpose that somebody states before personal data is shown or handed over."""

from __future__ import annotations

from core.errors import Told
from core.privacy import private_number

SHORTEST = 4


class PurposeRefused(Told):
    """There is no purpose, or it names a person itself."""


def stated(purpose: str) -> str:
    """The purpose, checked. Raises PurposeRefused."""
    text = purpose.strip()
    if len(text) < SHORTEST:
        raise PurposeRefused(
            f"请写明用途（至少 {SHORTEST} 个字），例如预警编号和要办的事",
            f"state the purpose in at least {SHORTEST} characters, such as the alert's number and "
            "what is to be done",
        )
    if private_number(text):
        raise PurposeRefused(
            "用途中不要写身份证号或手机号；系统已知道是哪一户",
            "the purpose must hold no ID or phone number; the household is known",
        )
    return text
