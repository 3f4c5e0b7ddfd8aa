"""Whose photos of visits are whose, once each, and when their time is over.

The pictures lie in the vault; callers bring what puts one there and what takes one away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.errors import AlertsError
from alerts.models import Alert
from alerts.queries import event_at
from alerts.visits.models import VisitPhoto
from alerts.visits.receiving import Writer, rounds
from alerts.visits.shapes import OperationRefused
from core.workflow.writing import lock

MOST = 4  # photos of one visit


class TooManyPhotos(AlertsError):
    """The visit has as many photos as one may have."""


@dataclass(frozen=True)
class Sent:
    """A photo as a phone sends it: the id made there, which device, its moment in China time, how
    many events of the alert it knew, and the digest of the content sent."""

    id: str
    device: str
    at: datetime
    version: int
    digest: str


def receive(
    session: Session, alert_id: int, sent: Sent, writer: Writer, put: Callable[[], int]
) -> bool:
    """Keep a photo of an alert's visit; whether it is new: the same one again changes nothing.

    `put` stores the picture and says its size. It comes before the row, so a photo that has a row
    has its picture; a picture whose row never came is replaced by the next try or swept away.
    Raises OperationRefused for an id of somebody else's or of another picture, TooManyPhotos.
    """
    lock(session, Alert, [alert_id])
    before = session.get(VisitPhoto, sent.id)
    if before is not None:
        same = before.account, before.alert_id, before.digest
        if same != (writer.account, alert_id, sent.digest):
            raise OperationRefused("id")
        return False
    seen = event_at(session, alert_id, sent.version)
    if seen is None:
        raise OperationRefused("seen_event")
    visit = rounds(session, [alert_id], seen).get(alert_id, 0)
    if sum(photo.round == visit for photo in of_alerts(session, [alert_id])) >= MOST:
        raise TooManyPhotos(f"每次走访最多 {MOST} 张照片", f"a visit has at most {MOST} photos")
    session.add(
        VisitPhoto(
            id=sent.id,
            alert_id=alert_id,
            round=visit,
            account=writer.account,
            device=sent.device,
            at=sent.at,
            received_at=writer.now,
            digest=sent.digest,
            size=put(),
        )
    )
    session.flush()
    return True


def of_alerts(session: Session, alerts: Collection[int]) -> list[VisitPhoto]:
    """The photos of some alerts that are still there, as they came in."""
    query = select(VisitPhoto).where(
        VisitPhoto.alert_id.in_(alerts), VisitPhoto.removed_at.is_(None)
    )
    return list(session.scalars(query.order_by(VisitPhoto.received_at, VisitPhoto.id)))


def remove(session: Session, photo: VisitPhoto, now: datetime) -> None:
    """Let a photo be gone; its picture is taken away once this is written."""
    photo.removed_at = now


def all_of(session: Session) -> list[VisitPhoto]:
    """Every photo that is still there."""
    query = select(VisitPhoto).where(VisitPhoto.removed_at.is_(None))
    return list(session.scalars(query.order_by(VisitPhoto.id)))
