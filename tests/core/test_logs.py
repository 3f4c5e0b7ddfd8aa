"""Nothing that opens a door or names a person reaches a log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from core import logs

ID, PHONE, SECRET = "990321197001011234", "13800001234", "Uq3-secret_value-9"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler writes that knows nothing of us."""
    before, written = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(written)
    logger = logging.getLogger("somebody.else")
    logger.addHandler(handler)
    logs.keep_discreet()
    yield written
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"GET /files/alerts?month=2026-06&until=1&seal={SECRET} 200", SECRET),
        (f"GET /door/oidc/callback?code={SECRET}&state=x", SECRET),
        (f"cookie: doudi_session={SECRET}; doudi_lang=zh", SECRET),
        (f"Set-Cookie: doudi_session={SECRET}", SECRET),
        (f"{{'password': '{SECRET}', 'account': 'wang'}}", SECRET),
        (f'{{"client_secret": "{SECRET}"}}', SECRET),
        (f"form password={SECRET}&account=wang", SECRET),
        (f"Authorization: Bearer {SECRET}", SECRET),
        (f"id_token eyJhbGciOiJSUzI1NiJ9.{SECRET}.abc", SECRET),
        (f"postgresql://doudi:{SECRET}@db/doudi", SECRET),
        (f"household of {ID} not found", ID),
        (f"tel {PHONE}", PHONE),
    ],
)
def test_it_is_hidden_in_a_message_its_arguments_and_a_traceback(
    text: str, hidden: str, log: io.StringIO
) -> None:
    logger = logging.getLogger("somebody.else")
    logger.error(text.replace("%", "%%"))
    logger.error("said: %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("failed")
    told = log.getvalue()
    assert hidden not in told
    assert told.count("***") >= 3
    assert "ValueError" in told


def test_ordinary_words_stay_as_they_are(log: io.StringIO) -> None:
    text = "month 2026-06: 1,204 alerts raised, batch medical_claims-202606-20260628-1a2b3c4d"
    logging.getLogger("somebody.else").error(text)
    assert log.getvalue().strip() == text


def test_access_lines_keep_their_parts(log: io.StringIO) -> None:
    uvicorn = pytest.importorskip("uvicorn.logging")
    form = uvicorn.AccessFormatter('%(client_addr)s "%(request_line)s" %(status_code)s')
    where = f"/files/alerts?seal={SECRET}"
    parts = ("10.0.0.1:5", "GET", where, "1.1", 200)
    line = logging.getLogRecordFactory()(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', parts, None
    )
    assert form.format(line).startswith('10.0.0.1:5 "GET /files/alerts?seal=*** HTTP/1.1" 200')


def test_a_record_that_cannot_be_formatted_is_left_to_logging(log: io.StringIO) -> None:
    record = logging.getLogRecordFactory()("x", logging.INFO, "", 0, "%d", ("a",), None)
    assert record.args == ("a",)
