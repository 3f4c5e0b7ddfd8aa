"""Operations that write, each done once: report a household, record an outcome, deliver a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Form, Path, UploadFile
from pydantic import BaseModel
from starlette.responses import Response

import services
from api.about import operation
from api.asking import AreaCode, Asked, Key, context
from api.gate import FILES, Call
from api.shapes import (
    FileOut,
    OutcomeIn,
    OutcomeOut,
    Reason,
    ReportIn,
    ReportOut,
    Word,
)
from core.access.roles import Action
from core.words import Text
from services import Context
from services.deliveries import Taken
from services.names import Kind

ALERT = r"^\d{6}-h[0-9a-f]{20}(-\d{1,3})?$"
_WAITING = Text(
    "另一批数据正在处理，下次一并入库", "another ingest is running; the next takes it in"
)
_TAKEN = Text("已入库", "taken in")
_AGAIN = Text(
    "同样内容此前已收过，未重复入库", "the same content had come before; nothing was added"
)
router = APIRouter()


@router.post(
    "/v1/reports",
    status_code=201,
    **operation("report_household"),
)
def report_household(
    call: Asked, report: Annotated[ReportIn, Body()], key: Key = None, area: AreaCode = None
) -> ReportOut:
    here = context(call, Action.REPORT, area)

    def act() -> ReportOut:
        done = services.reporting.report(here, report.household, report.reason, need=report.need)
        call.detail["household"] = done.household
        state = services.names.word(Kind.STATE, done.state)
        return ReportOut(
            alert=done.alert,
            household=done.household,
            state=Word.of(done.state, state, call.language),
            opened=done.opened,
        )

    return _once(call, here, Action.REPORT, key, _content(report, area), 201, act)


@router.post(
    "/v1/alerts/{id}/outcome",
    **operation("record_outcome"),
)
def record_outcome(
    call: Asked,
    id: Annotated[str, Path(pattern=ALERT, description="预警编号 · the alert's number")],
    result: Annotated[OutcomeIn, Body()],
    key: Key = None,
    area: AreaCode = None,
) -> OutcomeOut:
    here = context(call, Action.RECORD, area)
    call.detail["alert"] = id

    def act() -> OutcomeOut:
        services.family.record_by_key(
            here,
            id,
            result.version,
            outcome=result.outcome,
            cause=result.cause,
            note=result.note,
            needs={kind: str(found) for kind, found in (result.needs or {}).items()},
        )
        return OutcomeOut(alert=id, outcome=Word.of(result.outcome, result.outcome, call.language))

    return _once(call, here, Action.RECORD, key, _content(result, f"{id} {area}"), 200, act)


@router.post(
    "/v1/feeds/{feed}/files",
    status_code=201,
    **operation(FILES),
)
def deliver_file(
    call: Asked,
    feed: Annotated[str, Path(max_length=40, description="数据名 · feed, as /v1/feeds names it")],
    file: Annotated[UploadFile, File(description="CSV/Excel")],
    period: Annotated[
        str, Form(description="数据月份，如 2026-06 · the month it covers", max_length=7)
    ] = "",
    key: Key = None,
) -> FileOut:
    here = context(call, Action.DELIVER)
    content, name = file.file.read(), file.filename or ""
    call.detail["bytes"] = len(content)

    def act() -> FileOut:
        taken = services.deliveries.deliver(here, feed, name, content, period)
        call.rows = taken.batch.received if taken.batch else None
        return _file(taken, call.language)

    about = json.dumps([feed, name, period, sha256(content).hexdigest()]).encode()
    return _once(call, here, Action.DELIVER, key, about, 201, act)


def _file(taken: Taken, language: str) -> FileOut:
    batch = taken.batch
    told = _AGAIN if taken.again else _TAKEN if batch else _WAITING
    if batch and not batch.readable:
        told = Text(batch.message_zh, batch.message_en)
    names = ("received", "accepted", "quarantined", "duplicates")
    sums = {name: getattr(batch, name) if batch else 0 for name in names}
    return FileOut(
        file=taken.file,
        sha256=taken.sha256,
        state=_state(taken),
        detail=told.pick(language),
        again=taken.again,
        batch=batch.batch if batch else None,
        reasons=[
            Reason(code=code, text=services.deliveries.reason_words(code).pick(language), rows=rows)
            for code, rows in (batch.reasons if batch else {}).items()
        ],
        **sums,
    )


def _state(taken: Taken) -> str:
    if taken.batch is None:
        return "waiting"
    if taken.batch.waits:
        return "to_decide"  # "waiting" is a file that another ingest keeps waiting
    return "ingested" if taken.batch.readable else taken.batch.status


def _content(question: BaseModel, more: str | None) -> bytes:
    """What makes two requests the same."""
    return f"{more}\n{question.model_dump_json()}".encode()


def _once(
    call: Call,
    here: Context,
    action: Action,
    key: str | None,
    content: bytes,
    status: int,
    act: Callable[[], BaseModel],
) -> Any:
    """Do it, or answer as before. Whoever may not do it is refused, whatever was answered then."""
    if not here.principal.may(action, here.scope):
        act()
    asked = services.once.asked(here.principal.account, key, call.operation, content)
    status, body, again = services.once.done_once(
        call.home, asked, lambda: (status, act().model_dump_json())
    )
    call.detail["again"] = again
    headers = {"idempotency-replayed": "true"} if again else {}
    return Response(body, status, headers, "application/json")
