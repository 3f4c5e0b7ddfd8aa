"""Photos of visits: kept once, seen by who may see the household, every look in the record."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

import services
from alerts.errors import AlertNotFound
from alerts.models import Alert
from alerts.policy import load_policy
from alerts.visits.models import VisitPhoto
from alerts.visits.photos import MOST, TooManyPhotos
from alerts.visits.shapes import OperationRefused
from core.access.roles import Role
from core.db import open_session
from core.home import Home
from core.workflow.calendar import CHINA_TIME, county_time
from data import photos as pictures
from doudi.backup import back_up
from doudi.cli import app
from services import Context, OutsideArea, Refused, photos
from services.photos import PhotoGone, PhotoRefused
from services.reads import base
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.pictures import HERE, jpeg
from tests.services.conftest import recorded
from tests.services.test_tasks import dispatched, worker

pytestmark = pytest.mark.slow


def sent(mark: int = 1, content: bytes = b"", **more: Any) -> dict[str, Any]:
    given = {
        "id": f"photo-0000-{mark:04}",
        "device": "device-1",
        "at": "2026-07-01T02:00:00.000Z",
        "seen_event": 2,
        "photo": base64.b64encode(content or jpeg(10 + mark, 10)).decode(),
    }
    return given | more


@pytest.fixture
def key(county: Made) -> str:
    """What the county's open alert, which was sent out, is called outside."""
    dispatched(county)
    here = worker(county)
    return next(t.key for t in services.tasks.mine(here)[0] if t.household == county.alerted)


def rows(home: Home) -> list[VisitPhoto]:
    with open_session(home) as session:
        return list(session.scalars(select(VisitPhoto)))


def seen(made: Made, role: Role = Role.DISPATCHER) -> tuple[photos.Photo, ...]:
    here = context(made.home.root, made.last, role=role)
    found: tuple[photos.Photo, ...] = photos.of_household(here, made.alerted)
    return found


def test_a_photo_is_kept_without_its_hidden_parts_and_can_be_seen(county: Made, key: str) -> None:
    assert photos.receive(worker(county), key, sent(1, jpeg(exif=True)))
    (photo,) = seen(county)
    taken = county_time(datetime(2026, 7, 1, 10, tzinfo=CHINA_TIME))
    assert (photo.by, photo.at) == ("t-township-worker", taken)
    here = context(county.home.root, county.last, role=Role.LEADER)
    shown = photos.look(here, county.alerted, photo.id)
    assert shown.startswith(b"\xff\xd8\xff")
    assert HERE not in shown
    assert [e.object for e in recorded(county.home, "see_photo")] == [county.alerted]
    assert [e.account for e in recorded(county.home, "add_photo")] == ["t-township-worker"]


def test_the_same_photo_again_changes_nothing(county: Made, key: str) -> None:
    assert photos.receive(worker(county), key, sent())
    assert not photos.receive(worker(county), key, sent())
    assert len(rows(county.home)) == 1
    assert len(recorded(county.home, "add_photo")) == 1


def test_one_id_is_one_photo_of_one_account(county: Made, key: str) -> None:
    photos.receive(worker(county), key, sent())
    with pytest.raises(OperationRefused):
        photos.receive(worker(county), key, sent(1, jpeg(99, 99)))
    other = context(county.home.root, county.last, role=Role.DISPATCHER)
    with pytest.raises(OperationRefused):
        photos.receive(other, key, sent())


def test_a_visit_has_four_photos_and_the_next_visit_four_more(county: Made, key: str) -> None:
    for mark in range(MOST):
        photos.receive(worker(county), key, sent(mark))
    with pytest.raises(TooManyPhotos, match="at most 4"):
        photos.receive(worker(county), key, sent(9))
    assert not photos.receive(worker(county), key, sent(0))  # a replay is none more
    assert len(seen(county)) == MOST
    assert "photo-0000-0009" not in {p.stem for p in (county.home.vault / "photos").rglob("*")}


def test_killed_between_picture_and_row_the_next_try_makes_it_whole(
    county: Made, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("services.photos.record.add", die)
        with pytest.raises(KeyboardInterrupt):
            photos.receive(worker(county), key, sent())
    assert rows(county.home) == []
    assert seen(county) == ()
    assert photos.receive(worker(county), key, sent())
    assert len(rows(county.home)) == len(seen(county)) == 1
    here = context(county.home.root, county.last, role=Role.DISPATCHER)
    assert photos.look(here, county.alerted, seen(county)[0].id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "../../etc"},
        {"id": 7},
        {"device": ""},
        {"seen_event": 0},
        {"seen_event": "2"},
        {"seen_event": 999_999},
        {"at": "yesterday"},
        {"photo": "not base64!"},
    ],
)
def test_what_is_not_understood_is_refused(county: Made, key: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(OperationRefused):
        photos.receive(worker(county), key, sent(**wrong))
    assert rows(county.home) == []


def test_what_is_no_photo_is_refused(county: Made, key: str) -> None:
    with pytest.raises(PhotoRefused):
        photos.receive(worker(county), key, sent(1, b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    assert not (county.home.vault / "photos").exists()


def elsewhere(made: Made) -> str:
    """A township that the household does not lie in."""
    with open_session(made.home) as session:
        query = select(Alert.township_code).where(Alert.household != made.alerted)
        towns = set(session.scalars(query))
        own = session.scalar(select(Alert.township_code).where(Alert.household == made.alerted))
    return str(min(towns - {own}))


def test_who_may_not_see_the_household_neither_sends_nor_sees(county: Made, key: str) -> None:
    there = worker(county, elsewhere(county))
    with pytest.raises(AlertNotFound):
        photos.receive(there, key, sent())
    photos.receive(worker(county), key, sent())
    photo = seen(county)[0].id
    strange = narrow(county, elsewhere(county))
    for ask in (
        lambda: photos.of_household(strange, county.alerted),
        lambda: photos.look(strange, county.alerted, photo),
    ):
        with pytest.raises(OutsideArea):
            ask()
    auditor = context(county.home.root, county.last, role=Role.AUDITOR)
    with pytest.raises(Refused):
        photos.look(auditor, county.alerted, photo)
    with pytest.raises(Refused):
        photos.receive(context(county.home.root, county.last, role=Role.LEADER), key, sent(2))
    assert recorded(county.home, "see_photo") == []


def narrow(made: Made, area: str) -> Context:
    """A worker who holds that area alone."""
    from core.access.areas import Area
    from core.access.principal import Grant, Principal

    who = Principal("t-far", "Tester", (Grant(Role.TOWNSHIP_WORKER, Area(area)),))
    return Context(who, str(made.home.root), made.last, Area(area))


def test_a_photo_of_another_household_is_not_found_under_this_one(county: Made, key: str) -> None:
    photos.receive(worker(county), key, sent())
    here = context(county.home.root, county.last, role=Role.DISPATCHER)
    with pytest.raises(PhotoGone):
        photos.look(here, county.quiet, seen(county)[0].id)


def test_a_photo_removed_by_hand_is_gone_and_its_replay_does_not_bring_it_back(
    county: Made, key: str
) -> None:
    photos.receive(worker(county), key, sent())
    photo = seen(county)[0].id
    photos.remove(worker(county), county.alerted, photo)
    assert seen(county) == ()
    assert not photos.receive(worker(county), key, sent())
    assert seen(county) == ()
    with pytest.raises(FileNotFoundError):
        pictures.stored(county.home, photo)
    assert [e.object for e in recorded(county.home, "remove_photo")] == [county.alerted]


def kept_until(made: Made) -> datetime:
    """The last moment of the first photo, by the policy."""
    came = rows(made.home)[0].received_at
    months = load_policy(made.home, came.date()).photo_months
    assert months == 12
    return came.replace(year=came.year + 1)


def test_after_its_months_a_photo_is_removed_once_and_recorded(county: Made, key: str) -> None:
    photos.receive(worker(county), key, sent())
    last, root = kept_until(county), str(county.home.root)
    assert photos.sweep(root, last) == 0
    assert len(seen(county)) == 1
    assert photos.sweep(root, last + timedelta(days=1)) == 1
    assert photos.sweep(root, last + timedelta(days=1)) == 0
    assert seen(county) == ()
    with pytest.raises(FileNotFoundError):
        pictures.stored(county.home, rows(county.home)[0].id)
    assert len(recorded(county.home, "remove_photo")) == 1


def test_a_backup_brings_back_no_photo_whose_time_is_over(
    county: Made, key: str, tmp_path: Path
) -> None:
    photos.receive(worker(county), key, sent(1))
    photos.receive(worker(county), key, sent(2))
    old, young = (one.id for one in sorted(rows(county.home), key=lambda one: one.id))
    with open_session(county.home) as session:
        now = datetime.now(CHINA_TIME).replace(tzinfo=None)
        session.get_one(VisitPhoto, old).received_at = now - timedelta(days=400)
        session.get_one(VisitPhoto, young).received_at = now
    back_up(county.home, tmp_path / "county.tar")
    asked = ["restore", str(tmp_path / "county.tar"), "--home", str(tmp_path / "again"), "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["photos_removed"] == 1
    again = Home(tmp_path / "again")
    kept = {path.stem for path in (again.vault / "photos").glob("*/*.sealed")}
    assert kept == {young}
    assert {one.id for one in rows(again) if one.removed_at is None} == {young}


def test_a_county_that_keeps_them_shorter_loses_them_earlier(county: Made, key: str) -> None:
    own = county.home.data / "alert_policy.yaml"
    own.write_text(own.read_text(encoding="utf-8").replace("photo_months: 12", "photo_months: 1"))
    photos.receive(worker(county), key, sent())
    (photo,) = seen(county)
    came = rows(county.home)[0].received_at
    assert came.date() + timedelta(days=28) <= photo.until <= came.date() + timedelta(days=31)
    assert photos.sweep(str(county.home.root), came + timedelta(days=32)) == 1


def test_a_photo_whose_time_is_over_is_not_shown_even_before_it_is_removed(
    county: Made, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos.receive(worker(county), key, sent())
    (photo,) = seen(county)
    late = kept_until(county) + timedelta(days=1)
    monkeypatch.setattr(base, "moment_of", lambda *given: late)
    assert seen(county) == ()
    here = context(county.home.root, county.last, role=Role.DISPATCHER)
    with pytest.raises(PhotoGone):
        photos.look(here, county.alerted, photo.id)


def test_killed_while_removing_the_picture_goes_the_next_time(
    county: Made, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos.receive(worker(county), key, sent())
    late, name = kept_until(county) + timedelta(days=1), rows(county.home)[0].id
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "remove", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            photos.sweep(str(county.home.root), late)
    assert pictures.stored(county.home, name)
    (path,) = (county.home.vault / "photos").glob("*/*.sealed")
    os.utime(path, (1, 1))  # a day and more ago
    photos.sweep(str(county.home.root), late)
    assert not path.exists()
