"""How personal data is shown when it must not be read: the common habit of Chinese offices."""

from __future__ import annotations

from data.identity import same_name


def mask_name(name: str) -> str:
    """张三 -> 张*, 张小三 -> 张*三, longer names keep their first and last character."""
    kept = same_name(name)
    if len(kept) <= 1:
        return "*" * len(kept)
    return kept[0] + "*" if len(kept) == 2 else f"{kept[0]}{'*' * (len(kept) - 2)}{kept[-1]}"


def mask_number(number: str) -> str:
    """First and last four characters of an ID number."""
    return (
        f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
        if len(number) > 8
        else "*" * len(number)
    )


def mask_phone(phone: str) -> str:
    """138****5678; shorter numbers keep their last two digits."""
    if len(phone) >= 11:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return "*" * max(0, len(phone) - 2) + phone[-2:] if len(phone) > 4 else "*" * len(phone)
