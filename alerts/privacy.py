"""The guard of notes: no ID number and no phone number may enter the workflow database.

Notes are free text typed by workers. The store holds pseudonyms only, so a number that names a
person is refused rather than masked: the worker sees at once what to leave out. Names in a note
cannot be recognised with certainty; pages remind the writer not to use them.
"""

from __future__ import annotations

from alerts.errors import PrivateDataRefused
from core.privacy import private_number


def check_note(note: str | None) -> str | None:
    """The note, stripped; None when it is empty.

    Raises PrivateDataRefused when it holds an 18-digit ID number or an 11-digit phone number,
    also in full-width digits.
    """
    text = (note or "").strip()
    found = private_number(text)
    if found == "id":
        raise PrivateDataRefused(
            "备注中含有身份证号码，请删去后再保存；系统已知道是哪一户",
            "the note holds an ID number; leave it out and save again, the household is known",
        )
    if found == "phone":
        raise PrivateDataRefused(
            "备注中含有手机号码，请删去后再保存；电话请登记在户籍联系方式中",
            "the note holds a phone number; leave it out and save again, phones belong in the "
            "register",
        )
    return text or None
