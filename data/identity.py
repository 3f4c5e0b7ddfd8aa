"""Citizen ID numbers: GB 11643-1999 checks and the repairs that are certain; permits.

Residents of Hong Kong, Macao and Taiwan with a residence permit, and foreigners with a permanent
residence card of 2023, have eighteen digits of the same form (beginning 81, 82, 83 or 9). Older
papers have forms of their own, in `permit`.

Plain functions on one text. Ingest calls them once per distinct text, not once per row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from data.values import CONTROL, INVISIBLE

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
EARLIEST_BIRTH = date(1900, 1, 1)  # nobody alive was born earlier
LONGEST_ADDRESS = 200  # characters; a longer cell is a remark, not an address

# Blanks, apostrophes, quotes, dashes and characters without width that spreadsheets and hands put
# into a number.
_UNSEEN = f"\\s{INVISIBLE}{CONTROL}"
_NOISE = re.compile(f"[{_UNSEEN}'`\"\u2018\u2019\u00b4\u2010-\u2015\u2212_-]+")
_BLANKS = re.compile(f"[{_UNSEEN}'`\"\u2018\u2019]+")
_SCIENTIFIC = re.compile(r"\+?[0-9]+(\.[0-9]*)?[Ee]\+?[0-9]+")
_LONG = 18
_HONG_KONG_MACAO = re.compile(r"([HM]\d{8})(?:\d{2})?")
_TAIWAN = re.compile(r"(?:TW|T|台胞证|台湾通行证)(\d{8})")
_FOREIGNER = re.compile(r"[A-Z]{3}\d{12}")
_SHAPE_18 = re.compile(r"[0-9]{17}[0-9X]")
_SHAPE = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
AROUND_A_PHONE = r"[\s()-]+"
RINGS = r"^(?:(?:(?:\+|00)?86)?1\d{10}|0\d{2,3}\d{7,8}|[2-9]\d{6,7}|[48]00\d{7})$"
_MIDDLE_DOTS = re.compile("[\u2022\u30fb\u2027\u2219\u22c5]")


@dataclass(frozen=True)
class Identity:
    """What became of one written ID number.

    `number` is the 18-character form, or None with a `reason` code; `repairs` names what was
    put right: full_width, stripped, lower_x, id15.
    """

    number: str | None
    reason: str | None = None
    repairs: tuple[str, ...] = ()


def check_digit(first17: str) -> str:
    """The 18th character for 17 digits."""
    return CHECK_DIGITS[sum(map(mul, map(int, first17), WEIGHTS)) % 11]


def is_valid(number: str) -> bool:
    """Whether `number` is a well-formed 18-character ID number with a real birth date."""
    return identify(number) == Identity(number)


def to_18(number15: str) -> str:
    """The 18-character form of an old 15-digit number (born 19YY)."""
    first17 = number15[:6] + "19" + number15[6:]
    return first17 + check_digit(first17)


def identify(text: str) -> Identity:
    """Clean, repair and check one written ID number. Never raises.

    Reasons: damaged_number, bad_length, bad_characters, bad_checksum, bad_birth_in_id.
    """
    if _SHAPE_18.fullmatch(text) and check_digit(text[:17]) == text[17] and birth_date(text):
        return Identity(text)  # nearly every number, in one step
    half = text if text.isascii() else unicodedata.normalize("NFKC", text)
    bare = _NOISE.sub("", half)
    if _SCIENTIFIC.fullmatch(bare):
        return Identity(None, "damaged_number")
    if (paper := permit(bare)) is not None:
        return Identity(paper, None, ("stripped",) if paper != text else ())
    whole = re.sub(r"\.0+$", "", bare)
    number = whole.replace("x", "X")
    if len(number) not in (15, 18):
        return Identity(None, "bad_length")
    if not _SHAPE.fullmatch(number):
        return Identity(None, "bad_characters")
    long = to_18(number) if len(number) == 15 else number
    if check_digit(long[:17]) != long[17]:
        # A spreadsheet keeps 15 digits of a number and writes zeros for the rest.
        return Identity(None, "damaged_number" if long.endswith("000") else "bad_checksum")
    if birth_date(long) is None:
        return Identity(None, "bad_birth_in_id")
    found = (
        ("full_width", half != text),
        ("stripped", whole != half),
        ("lower_x", number != whole),
        ("id15", len(number) == 15),
    )
    return Identity(long, None, tuple(name for name, is_so in found if is_so))


def permit(bare: str) -> str | None:
    """The lasting part of a permit's number without blanks; None where it is none.

    H or M and eight digits: the pass of Hong Kong and Macao residents; two digits more count its
    renewals and are dropped. TW and eight digits: the pass of Taiwan residents; its number alone is
    not taken, since eight digits may be a date or what is left of a longer number. Three letters
    and twelve digits: the older permanent residence card of foreigners, with a check digit. None of
    them tells birth or sex for certain.
    """
    text = bare.upper()
    if found := _HONG_KONG_MACAO.fullmatch(text):
        return found[1]
    if found := _TAIWAN.fullmatch(text):
        return f"TW{found[1]}"
    if _FOREIGNER.fullmatch(text) and _foreigner_check(text[:14]) == text[14]:
        return text
    return None


def _foreigner_check(first14: str) -> str:
    """Check digit of ICAO 9303: weights 7 3 1, letters from A = 10."""
    values = (int(c) if c.isdigit() else ord(c) - ord("A") + 10 for c in first14)
    return str(sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10)


def birth_date(number: str) -> date | None:
    """Birth date written in an 18-character number; None when it is no date, or a permit."""
    return _born(number[6:14]) if len(number) == _LONG else None


@lru_cache(maxsize=1 << 16)  # more days than people now alive were born on
def _born(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if born >= EARLIEST_BIRTH else None


def is_phone(text: str) -> bool:
    """Whether a tidy text can be rung: a mobile number, or a landline with or without its area.

    A prefix +86 and blanks or dashes within are no fault.
    """
    return bool(re.search(RINGS, re.sub(AROUND_A_PHONE, "", text)))


def sex_of(number: str) -> str | None:
    """'male' or 'female' by the 17th digit; None for a permit, which does not tell."""
    if len(number) != _LONG:
        return None
    return "male" if int(number[16]) % 2 else "female"


def same_name(text: str) -> str:
    """A name as it is kept: half-width, one kind of middle dot, no blanks."""
    plain = unicodedata.normalize("NFKC", re.sub(f"[{INVISIBLE}{CONTROL}]", "", text))
    return "".join(_MIDDLE_DOTS.sub("\u00b7", plain).split())


def plain_address(text: str) -> str:
    """An address as it is kept: half-width, blanks squeezed, no longer than an address is."""
    return " ".join(unicodedata.normalize("NFKC", text).split())[:LONGEST_ADDRESS]


def household_number(text: str) -> str | None:
    """A household number as it is kept: half-width, upper case, no blanks; None when damaged."""
    half = text if text.isascii() else unicodedata.normalize("NFKC", text)
    number = re.sub(r"\.0+$", "", _BLANKS.sub("", half)).upper()
    return None if not number or _SCIENTIFIC.fullmatch(number) else number
