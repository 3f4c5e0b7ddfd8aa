"""The guard of notes: no ID number and no phone number may enter the workflow database.

Notes are free text typed by workers. The store holds pseudonyms only, so a number that names a
person is refused rather than masked: the worker sees at once what to leave out. Names in a note
cannot be recognised with certainty; pages remind the writer not to use them.
"""

from __future__ import annotations

import re
import unicodedata

from alerts.errors import PrivateDataRefused

# Spaces and dashes as people group digits: 990321 19700101 0011, 138-1234-5678.
_ID_NUMBER = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


def check_note(note: str | None) -> str | None:
    """The note, stripped; None when it is empty.

    Raises PrivateDataRefused when it holds an 18-digit ID number or an 11-digit phone number,
    also in full-width digits.
    """
    plain = unicodedata.normalize("NFKC", note or "").strip()
    if not plain:
        return None
    if _ID_NUMBER.search(plain):
        raise PrivateDataRefused(
            "备注中含有身份证号码，请删去后再保存；系统已知道是哪一户",
            "the note holds an ID number; leave it out and save again, the household is known",
        )
    if _PHONE.search(plain):
        raise PrivateDataRefused(
            "备注中含有手机号码，请删去后再保存；电话请登记在户籍联系方式中",
            "the note holds a phone number; leave it out and save again, phones belong in the "
            "register",
        )
    return (note or "").strip()
