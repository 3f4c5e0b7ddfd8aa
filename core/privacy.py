"""Recognising the numbers that name a person: ID numbers and mobile phone numbers.

Names cannot be recognised with certainty; who types free text is reminded not to use them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Number = Literal["id", "phone"]

# Spaces and dashes as people group digits: 990321 19700101 0011, 138-1234-5678.
_ID_NUMBER = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
# Hashes, pseudonyms and UUIDs are long runs of hexadecimal digits with letters among them; the
# digits between two letters may look like a phone number by chance (one SHA-256 in 250).
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=[0-9]*[a-f])[0-9a-f]{16,})(?![0-9A-Za-z])"
)
_MASK = "***"


def plain(text: str) -> str:
    """The text with full-width letters and digits as ordinary ones."""
    return unicodedata.normalize("NFKC", text)


def private_number(text: str) -> Number | None:
    """Which number naming a person stands in `text`: an 18-digit ID, an 11-digit phone, or none.

    Full-width digits and digits grouped by spaces or dashes count.
    """
    read = plain(text)
    if _ID_NUMBER.search(read):
        return "id"
    return "phone" if _PHONE.search(read) else None


def without_digests(text: str) -> str:
    """The text without hashes, pseudonyms and UUIDs, whose digits may look like a phone number."""
    return _DIGEST.sub("", text)


def mask_numbers(text: str) -> str:
    """The text with every ID and phone number replaced by ***; unchanged where there is none."""
    if private_number(text) is None:
        return text
    return _PHONE.sub(_MASK, _ID_NUMBER.sub(_MASK, plain(text)))
