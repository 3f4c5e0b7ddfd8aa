"""Notices: off at first, once a day and channel, tried again when refused, numbers only."""

from __future__ import annotations

import json
import logging
import re
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

import services
from alerts.models import Alert
from alerts.noticing import Digest
from core.access.areas import Area
from core.access.roles import Action, Role, roles_for
from core.db import open_session
from core.notices import channels, outbox
from core.notices.channels import Channel, NoticeError, Setup
from core.notices.models import NoticeState
from services import Context
from services.notices import message
from tests.accounts import account, context
from tests.dashboard.factory import ADDRESS, Made
from tests.services.conftest import recorded

pytestmark = pytest.mark.slow

TOKEN = "s3cret-t0ken"
# The Monday after the county's last month, ten in the morning in China.
MORNING = datetime.fromisoformat("2026-07-06T02:00")


@dataclass
class Service:
    """A messenger on this machine: what it was sent, and with which code it answers."""

    port: int = 0
    code: int = 200
    got: list[str] = field(default_factory=list)

    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/{TOKEN}"


@pytest.fixture
def service() -> Iterator[Service]:
    kept = Service()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.code < 300:
                kept.got.append(body.decode())
            self.send_response(kept.code)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "outside" / "notices.yaml"
    monkeypatch.setenv(channels.FILE_VARIABLE, str(path))
    return path


def at(made: Made, moment: datetime = MORNING) -> Context:
    here = context(made.home.root, made.last, role=Role.ADMINISTRATOR)
    return replace(here, clock=lambda: moment)


@pytest.fixture
def here(county: Made, kept_in: Path, service: Service) -> Context:
    """An administrator of a county whose centre has a channel that is switched on."""
    admin = at(county)
    services.notices.add(admin, Channel("centre", service.url(), role="dispatcher"))
    services.notices.switch(admin, True, link="https://doudi.example")
    return admin


def later(here: Context, minutes: int) -> Context:
    return replace(here, clock=lambda: MORNING + timedelta(minutes=minutes))


def test_nothing_is_sent_until_it_is_switched_on(county, kept_in, service) -> None:
    admin = at(county)
    services.notices.add(admin, Channel("centre", service.url(), role="dispatcher"))
    assert services.notices.send(admin) == []
    services.notices.switch(admin, True)
    assert [one.state for one in services.notices.send(admin)] == [NoticeState.SENT]
    assert len(service.got) == 1


def test_a_digest_is_sent_once_a_day_however_often_the_command_runs(here, service) -> None:
    for minutes in (0, 1, 60):
        services.notices.send(later(here, minutes))
    assert len(service.got) == 1
    services.notices.send(later(here, 24 * 60))
    assert len(service.got) == 2


def test_two_programs_at_once_send_it_once(here, service) -> None:
    both = [threading.Thread(target=services.notices.send, args=(here,)) for _ in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(service.got) == 1


def test_days_off_are_quiet(here, service) -> None:
    assert services.notices.send(later(here, -24 * 60)) == []  # a Sunday
    assert service.got == []


def test_what_was_refused_is_tried_again_ever_later_and_shown(here, service) -> None:
    service.code = 500
    (first,) = services.notices.send(here)
    assert (first.state, first.tries, first.problem) == (NoticeState.WAITING, 1, "HTTP 500")
    assert services.notices.send(later(here, 9)) == []  # not yet
    (second,) = services.notices.send(later(here, 10))
    assert (second.tries, second.next_at - second.tried_at) == (2, timedelta(minutes=20))
    service.code = 200
    (third,) = services.notices.send(later(here, 30))
    assert (third.state, third.tries, third.problem) == (NoticeState.SENT, 3, "")
    assert len(service.got) == 1


def test_after_six_tries_it_has_failed(here, service) -> None:
    service.code = 403
    for minutes in (0, 10, 30, 70, 150, 310, 700):
        services.notices.send(later(here, minutes))
    (left,) = services.notices.status(here).newest
    assert (left.state, left.tries, left.problem) == (NoticeState.FAILED, 6, "HTTP 403")


def test_a_program_killed_between_sending_and_noting_sends_nothing_twice(
    here, service, monkeypatch
) -> None:
    class Killed(BaseException): ...

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "_noted", killed)
        with pytest.raises(Killed):
            services.notices.send(here)
    for minutes in (1, 20, 60):
        assert services.notices.send(later(here, minutes)) == []
    assert len(service.got) == 1
    (left,) = services.notices.status(later(here, 60)).newest
    assert left.state is NoticeState.UNSURE


def test_a_service_that_is_not_there_is_a_failure_not_a_crash(here, service) -> None:
    dead = Channel("centre", "json://127.0.0.1:9/x", role="dispatcher")
    services.notices.add(here, dead)
    (left,) = services.notices.send(here)
    assert (left.state, left.problem) == (NoticeState.WAITING, "no answer, or refused")


def all_words(county: Made) -> set[str]:
    """Everything that names a family or a place of the county, as messages must not."""
    with open_session(county.home) as session:
        alerts = session.scalars(select(Alert)).all()
        found = {alert.household for alert in alerts}
        found |= {alert.household[:8] for alert in alerts}
        found |= {alert.village_code for alert in alerts if alert.village_code}
    regions = json.loads(county.home.regions_file.read_text(encoding="utf-8"))
    for town in regions["features"]:
        found.add(town["properties"]["name_zh"])
        found |= {v["name_zh"] for v in town["properties"]["villages"]}
    return found | {"张小三", "测小试", "13900000000", "9903211970", ADDRESS}


def test_a_message_holds_numbers_and_a_link_and_nothing_of_a_family(here, county, service) -> None:
    with open_session(county.home) as session:
        account(session, Role.TOWNSHIP_WORKER, Area("990321101"))
        name = account(session, Role.DISPATCHER).name
    for number, one in enumerate(
        [
            {"account": name},
            {"role": "leader"},
            {"role": "township_worker", "area": "990321101"},
            {"role": "department_worker", "department": "civil_affairs"},
        ]
    ):
        services.notices.add(here, Channel(f"c{number}", service.url(), **one))
    services.notices.send(here)
    assert len(service.got) >= 3
    secret = all_words(county)
    assert len(secret) > 50
    for told in service.got:
        body = json.loads(told)["message"]
        assert [word for word in secret if word in told] == []
        assert body.endswith("https://doudi.example")
        assert re.fullmatch(r"([一-龥]+ (约 |少于 )?\d+\n)+https://doudi\.example", body), body


def test_of_a_group_small_counts_are_hidden_and_ones_own_are_told() -> None:
    numbers = Digest(new=3, near=12, late=0)
    _, own = message(numbers, Setup(language="en"), date(2026, 7, 6), own=True)
    _, group = message(numbers, Setup(language="en"), date(2026, 7, 6), own=False)
    assert own == "new 3\nnear due 12"
    assert group == "new fewer than 8\nnear due about 10"


def test_who_left_is_told_nothing_more(here, county, service) -> None:
    with open_session(county.home) as session:
        gone = account(session, Role.DISPATCHER)
        gone.disabled_at = MORNING
        name = gone.name
    services.notices.remove(here, "centre")
    services.notices.add(here, Channel("gone", service.url(), account=name))
    assert services.notices.send(here) == []
    assert service.got == []


def test_an_address_is_in_no_log_no_record_no_database_and_no_answer(
    here, county, kept_in, service, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    service.code = 500
    services.notices.send(here)
    assert services.notices.try_out(here, "centre") == "HTTP 500"
    told = services.notices.status(here)
    assert TOKEN not in repr(told)
    assert TOKEN not in caplog.text
    for act in ("set_notice", "switch_notices", "test_notice"):
        assert TOKEN not in repr([vars(one) for one in recorded(county.home, act)])
        assert len(recorded(county.home, act)) == 1
    for path in county.home.data.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_in.parent.stat().st_mode) == 0o700


def test_a_file_open_to_others_or_beside_the_data_is_refused(
    here, county, kept_in, monkeypatch
) -> None:
    kept_in.chmod(0o640)
    with pytest.raises(NoticeError, match="run: chmod 600"):
        services.notices.send(here)
    monkeypatch.setenv(channels.FILE_VARIABLE, str(county.home.data / "notices.yaml"))
    with pytest.raises(NoticeError, match="lies in the data folder"):
        services.notices.status(here)


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (Channel("a b", "json://h", role="leader"), "a channel's name"),
        (Channel("a", f"ftp://{TOKEN}", role="leader"), "begins with one of wecombot://"),
        (Channel("a", "json://h"), "give an account, or a role"),
        (Channel("a", "json://h", account="x", role="leader"), "and not both"),
        (Channel("a", "json://h", role="king"), "no role 'king'"),
        (Channel("a", "json://h", role="auditor"), "no part in the work"),
        (Channel("a", "json://h", account="nobody.there"), "no account 'nobody.there'"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_without_quoting_it(here, channel, why) -> None:
    with pytest.raises((services.accounts.AccountError, NoticeError), match=why) as refused:
        services.notices.add(here, channel)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("kind", ["wecombot", "dingtalk", "feishu", "mailtos", "jsons"])
def test_apprise_knows_every_service_that_is_offered(kind) -> None:
    import apprise

    address = {"mailtos": "mailtos://u:p@mail.example?to=a@b.example"}.get(
        kind, f"{kind}://token123"
    )
    assert apprise.Apprise.instantiate(address) is not None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_the_administrator_sets_them_up(county, kept_in, role) -> None:
    assert roles_for(Action.MANAGE_ACCOUNTS) == [Role.ADMINISTRATOR]
    with pytest.raises(services.Refused):
        services.notices.switch(context(county.home.root, county.last, role=role), True)


def watched_with(county: Made, *levels: str) -> None:
    """The newest month's watch raised notices of these levels."""
    file = county.home.reports / f"watch_{county.home.months('risk')[-1]:%Y-%m}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"notices": [{"level": one} for one in levels]}), encoding="utf-8")


def test_a_data_scientist_is_told_what_the_watch_of_the_model_raised(
    county: Made, kept_in, service
) -> None:
    admin = at(county)
    services.notices.switch(admin, True)
    with open_session(county.home) as session:
        name = account(session, Role.DATA_SCIENTIST).name
    services.notices.add(admin, Channel("bench", service.url(), role="data_scientist"))
    services.notices.add(admin, Channel("mine", service.url(), account=name))
    services.notices.add(admin, Channel("head", service.url(), role="leader"))
    services.notices.send(admin)
    assert "模型监测" not in "".join(service.got)  # nothing was watched yet
    assert len(service.got) == 1

    service.got.clear()
    watched_with(county, "stop", "look", "look")
    services.notices.send(later(admin, 24 * 60))
    bodies = sorted(json.loads(told)["message"] for told in service.got)
    assert bodies[-2:] == ["模型监测：暂勿依赖或重训 1\n模型监测：须查看 2"] * 2
    assert "模型监测" not in bodies[0]  # a leader's digest is of cases

    service.got.clear()
    watched_with(county)  # the next watch is quiet
    services.notices.send(later(admin, 48 * 60))
    assert len(service.got) == 1
