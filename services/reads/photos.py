"""Which photos a household's visits have, and until when they may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.models import Alert
from alerts.policy import load_policy
from alerts.visits import photos
from alerts.visits.models import VisitPhoto
from core.access.areas import Area
from core.home import add_months
from services.reads import base, cases


@dataclass(frozen=True)
class Photo:
    """A photo of a visit: how it is called, when it was taken (as the phone says), by whom, under
    which alert's number, and the last day on which it is kept."""

    id: str
    at: datetime
    by: str
    alert: str
    until: date


def of_household(home: str, as_of: date, scope: Area, household: str) -> tuple[Photo, ...]:
    """The photos of a household's visits by the month, oldest first, whose time is not over."""
    if not base.has_alerts(home):
        return ()
    today, known = base.moment_of(home, as_of).date(), base.known_at(home, as_of)
    months = months_kept(home, today)
    with base.alert_session(home, scope) as session:
        query = select(Alert.id).where(Alert.household == household)
        found = photos.of_alerts(session, list(session.scalars(query)))
        session.expunge_all()
    found = [one for one in found if known is None or one.received_at.date() <= known]
    ids = sorted({one.alert_id for one in found})
    numbers = dict(zip(ids, cases.numbers(home, as_of, scope, ids), strict=True)) if ids else {}
    told = [
        Photo(one.id, one.at, one.account, numbers[one.alert_id], last_day(one, months))
        for one in found
    ]
    return tuple(one for one in told if one.until >= today)


def months_kept(home: str, on: date) -> int:
    """For how many months a county keeps photos, by the policy of a day."""
    return load_policy(base.home_at(home), on).photo_months


def months_now(home: str, as_of: date) -> int:
    """`months_kept` by the policy of today."""
    return months_kept(home, base.moment_of(home, as_of).date())


def last_day(photo: VisitPhoto, months: int) -> date:
    """The last day of a photo; months of different lengths end on their last day."""
    return _later(photo.received_at.date(), months)


def _later(day: date, months: int) -> date:
    end = add_months(day, months)  # the last day of that month
    return min(end, end.replace(day=min(day.day, end.day)))


def one(session: Session, household: str, photo: str) -> VisitPhoto | None:
    """A photo of a household that is still there."""
    query = select(Alert.id).where(Alert.household == household)
    found = photos.of_alerts(session, list(session.scalars(query)))
    return next((each for each in found if each.id == photo), None)
