"""Photos of visits: sent by a phone, seen by who may see the household, gone when their time is.

A look at a photo is recorded as a look at a household is. Whoever may record visits may remove a
photo that should not be there.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from alerts.errors import AlertNotFound
from alerts.models import Alert
from alerts.visits import photos as visits
from alerts.visits.photos import MOST, Sent
from alerts.visits.receiving import Writer
from alerts.visits.shapes import OperationRefused
from core.access.roles import Action
from core.audit import SYSTEM, Entry, record_at_end
from core.db import open_session
from core.errors import Told
from core.workflow.calendar import county_time
from data import photos as pictures
from data.photos import KIND, LARGEST, LONGEST, PhotoRefused
from services import households, record
from services.context import Context
from services.reads import base, cases, vault
from services.reads import photos as reads
from services.reads.photos import Photo
from services.roles import acting_role
from services.use_case import acting, reading

__all__ = [
    "KIND",
    "LARGEST",
    "LONGEST",
    "MOST",
    "Photo",
    "PhotoGone",
    "PhotoRefused",
    "look",
    "may_remove",
    "months_kept",
    "of_household",
    "receive",
    "remove",
    "sweep",
]

_ID = re.compile(r"[0-9A-Za-z-]{8,40}")
_FORGOTTEN = 24 * 3600  # seconds after which a picture without a row belongs to nobody

months_kept = reading(Action.SEE_HOUSEHOLD, reads.months_now)
of_household = reading(Action.SEE_HOUSEHOLD, reads.of_household, household=True)


class PhotoGone(Told):
    """There is no such photo of the household, or no longer."""

    def __init__(self) -> None:
        super().__init__(
            "没有这张照片：已到保存期限或已被删除",
            "there is no such photo: its time is over, or somebody removed it",
        )


def may_remove(context: Context) -> bool:
    """Whether the principal may remove photos in the area."""
    return context.principal.may(Action.RECORD, context.scope)


@acting(Action.RECORD)
def receive(context: Context, key: str, sent: Mapping[str, Any]) -> bool:
    """Keep a photo that a phone sends of the visit to the alert called `key`; whether it is new.

    Raises OperationRefused or PhotoRefused for what is not understood or no photo, TooManyPhotos,
    AlertNotFound for an alert outside the area.
    """
    about, content = _understood(sent)
    found = cases.by_key(context.home, context.as_of, context.scope, key)
    if found is None:
        raise AlertNotFound("预警", "alert", 0)
    photo, home = pictures.cleaned(content), base.home_at(context.home)

    def put() -> int:
        with vault.told():
            pictures.keep(home, about.id, photo)
        return len(photo)

    now = base.moment_of(context.home, context.as_of)
    writer = Writer(context.principal.account, acting_role(context, Action.RECORD), now)
    with base.alert_session(context.home, context.scope) as session:
        new = visits.receive(session, found, about, writer, put)
        if new:
            told = {"household": session.get_one(Alert, found).household, "photo": about.id}
            record.add(context, session, "add_photo", "alert", str(found), detail=told)
    return new


def _understood(sent: Mapping[str, Any]) -> tuple[Sent, bytes]:
    """What a phone sent, checked, and the picture's content. Raises OperationRefused."""
    marks = [sent.get("id"), sent.get("device")]
    if not all(isinstance(one, str) and _ID.fullmatch(one) for one in marks):
        raise OperationRefused("id")
    version = sent.get("seen_event")
    if type(version) is not int or not 1 <= version <= 1_000_000:
        raise OperationRefused("seen_event")
    try:
        at = county_time(datetime.fromisoformat(str(sent.get("at"))))
        content = base64.b64decode(str(sent.get("photo")), validate=True)
    except (ValueError, binascii.Error):
        raise OperationRefused("photo") from None
    digest = sha256(content).hexdigest()
    return Sent(str(marks[0]), str(marks[1]), at, version, digest), content


@acting(Action.SEE_HOUSEHOLD)
def look(context: Context, household: str, photo: str) -> bytes:
    """A photo of a household's visit as JPEG; recorded before it is opened.

    Raises OutsideArea or NothingYet as every page of a household does, PhotoGone.
    """
    context = households.opened(context, Action.SEE_HOUSEHOLD, household)
    listed = reads.of_household(context.home, context.as_of, context.scope, household)
    if photo not in {one.id for one in listed}:
        raise PhotoGone
    record.write(context, "see_photo", "household", household, detail={"photo": photo})
    try:
        with vault.told():
            return pictures.stored(base.home_at(context.home), photo)
    except FileNotFoundError:
        raise PhotoGone from None


@acting(Action.RECORD)
def remove(context: Context, household: str, photo: str) -> None:
    """Remove a photo that should not be there; recorded. Raises like `look`."""
    context = households.opened(context, Action.RECORD, household)
    with base.alert_session(context.home, context.scope) as session:
        found = reads.one(session, household, photo)
        if found is None:
            raise PhotoGone
        visits.remove(session, found, base.moment_of(context.home, context.as_of))
        record.add(
            context, session, "remove_photo", "household", household, detail={"photo": photo}
        )
    pictures.remove(base.home_at(context.home), photo)


def sweep(home: str, now: datetime) -> int:
    """Remove every photo whose time is over, and pictures that belong to nobody; how many photos.

    Rows go first: killed in between, it finds the pictures left over the next time. Each run that
    removes any is one line in the record.
    """
    if not base.has_alerts(home):
        return 0
    folder, months = base.home_at(home), reads.months_kept(home, now.date())
    with open_session(folder) as session:
        gone = [one for one in visits.all_of(session) if reads.last_day(one, months) < now.date()]
        for one in gone:
            visits.remove(session, one, now)
        if gone:
            told = {"photos": len(gone), "months": months}
            record_at_end(session, Entry(SYSTEM, "remove_photo", object_kind="photo", detail=told))
        names = {one.id for one in gone}
    for name in names:
        pictures.remove(folder, name)
    with open_session(folder) as session:
        kept = {one.id for one in visits.all_of(session)}
    pictures.forget(folder, kept, time.time() - _FORGOTTEN)
    return len(names)
