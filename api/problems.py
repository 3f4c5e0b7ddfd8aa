"""What went wrong, as RFC 9457 problem details: one clear line in the language asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.audit import AuditError
from core.errors import Told
from core.settings import Settings
from core.words import Bilingual, Text
from services import AlertChanged, AlertNotFound, MoveRefused, NothingYet, OutsideArea, Refused
from services.arriving import IngestBusy, IngestError
from services.once import StillRunning
from services.reporting import NoSuchHousehold
from services.tokens import TokenRefused, TooManyCalls

MEDIA = "application/problem+json"


@dataclass(frozen=True)
class Kind(Bilingual):
    """A kind of problem: its code (an anchor of the documentation page), status and title."""

    code: str
    status: int
    zh: str
    en: str


TOKEN = Kind("token", 401, "需要有效令牌", "A valid token is needed")
REFUSED = Kind("refused", 403, "无此权限", "Not allowed")
MISSING = Kind("not-found", 404, "没有找到", "Not found")
METHOD = Kind("method", 405, "不支持此方法", "Method not allowed")
CONFLICT = Kind("conflict", 409, "当前不能办理", "Not possible now")
CHANGED = Kind("changed", 409, "已被他人更新", "Changed by somebody else")
RUNNING = Kind("running", 409, "正在办理", "Being done")
LARGE = Kind("too-large", 413, "内容过大", "Too large")
INVALID = Kind("invalid", 422, "请求有误", "The request is not right")
MANY = Kind("too-many-calls", 429, "调用过于频繁", "Too many calls")
INTERNAL = Kind("internal", 500, "内部错误", "Internal error")
STORAGE = Kind("storage", 507, "暂时无法存储", "Nothing can be stored now")
KINDS = (
    TOKEN,
    REFUSED,
    MISSING,
    METHOD,
    CONFLICT,
    CHANGED,
    RUNNING,
    LARGE,
    INVALID,
    MANY,
    INTERNAL,
    STORAGE,
)
# The most special first.
_OF_ERROR: tuple[tuple[type[Exception], Kind], ...] = (
    (TokenRefused, TOKEN),
    (TooManyCalls, MANY),
    (Refused, REFUSED),
    (NoSuchHousehold, MISSING),
    (AlertNotFound, MISSING),
    (AlertChanged, CHANGED),
    (MoveRefused, CONFLICT),
    (StillRunning, RUNNING),
    (IngestBusy, RUNNING),
    (IngestError, STORAGE),
    (Told, INVALID),
    (AuditError, INVALID),
)
_NOTHING = {
    "household": Text("该月没有这一户", "no such household in this month"),
    "alert": Text("负责区域内没有这个预警", "there is no such alert in your area"),
    "alerts": Text("尚未生成预警", "no alert was raised yet"),
    "alerts_here": Text("此区域近十二个月没有预警", "no alert in this area in twelve months"),
    "county": Text("尚未建立本县数据", "there is no county here yet"),
}
_NOT_RUN = Text(
    "该月尚未运行，没有可给出的数据", "this month was not run; there is nothing to give"
)
_NO_PATH = Text("没有这个地址，请看接口说明", "there is no such address; see the documentation")
_NO_METHOD = Text("此地址不支持该方法", "this address does not take that method")
_DEFECT = Text(
    "系统内部错误，未办理或结果不明；请用同一编号重试，或把时间告诉系统管理员",
    "an internal error; try again with the same key, or tell the administrator the time",
)
_DATE = Text("{name} 应为 2026-06-30 这样的日期", "{name} must be a date like 2026-06-30")
# What pydantic found wrong, in words; the value itself is never repeated.
_WRONG = {
    "missing": Text("缺少 {name}", "{name} is missing"),
    "json_invalid": Text("请求体不是有效的 JSON", "the body is not valid JSON"),
    "extra_forbidden": Text("没有 {name} 这一项", "there is no field {name}"),
    "enum": Text("{name} 只能是：{expected}", "{name} must be one of: {expected}"),
    "literal_error": Text("{name} 只能是：{expected}", "{name} must be one of: {expected}"),
    "string_pattern_mismatch": Text("{name} 的写法不对", "{name} is not written as it should be"),
    "string_too_long": Text(
        "{name} 最多 {max_length} 字", "{name} has {max_length} characters at most"
    ),
    "string_too_short": Text("{name} 不能为空或过短", "{name} is empty or too short"),
    "less_than_equal": Text("{name} 最大为 {le}", "{name} is at most {le}"),
    "greater_than_equal": Text("{name} 最小为 {ge}", "{name} is at least {ge}"),
    "int_parsing": Text("{name} 应为整数", "{name} must be a whole number"),
    "bool_parsing": Text("{name} 应为 true 或 false", "{name} must be true or false"),
    "date_from_datetime_parsing": _DATE,
    "date_parsing": _DATE,
}
_ODD = Text("{name} 的类型或写法不对", "{name} has the wrong type or form")


def language_of(headers: Headers) -> str:
    """The language asked for by Accept-Language ('zh' or 'en'), else the installation's."""
    best: str = Settings().language
    weight = 0.0
    for part in headers.get("accept-language", "").split(","):
        tag, _, given = part.strip().partition(";")
        code = tag.strip().lower().partition("-")[0]
        try:
            quality = float(given.strip().removeprefix("q=")) if given else 1.0
        except ValueError:
            quality = 0.0
        if code in {"zh", "en"} and quality > weight:
            best, weight = code, quality
    return best


def problem(
    kind: Kind,
    detail: str,
    language: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that says what is wrong."""
    body: dict[str, Any] = {
        "type": f"/api/v1/docs#{kind.code}",
        "title": kind.pick(language),
        "status": kind.status,
        "detail": detail,
        "code": kind.code,
    }
    if errors:
        body["errors"] = errors
    own = {"content-language": "zh-CN" if language == "zh" else "en", **(headers or {})}
    return Response(json.dumps(body, ensure_ascii=False), kind.status, own, MEDIA)


def of_error(error: Exception, language: str) -> Response:
    """The answer for an error that people may read."""
    kind = next(kind for cls, kind in _OF_ERROR if isinstance(error, cls))
    headers = {}
    if kind is TOKEN:
        headers["www-authenticate"] = 'Bearer realm="doudi"'
    if isinstance(error, TooManyCalls):
        headers["retry-after"] = str(error.wait)
    if kind is RUNNING:
        headers["retry-after"] = "2"
    text = error.text(language) if isinstance(error, (Told, AuditError)) else ""
    return problem(kind, text, language, headers=headers)


def defect(language: str) -> Response:
    """The answer for a defect of ours; what it was is in the server's log."""
    return problem(INTERNAL, _DEFECT.pick(language), language)


async def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, OutsideArea):  # recorded; whether there is such a household is not told
        return await _nothing(request, NothingYet("household"))
    return of_error(error, language_of(request.headers))


async def _nothing(request: Request, error: Exception) -> Response:
    language = language_of(request.headers)
    what = error.what if isinstance(error, NothingYet) else ""
    return problem(MISSING, _NOTHING.get(what, _NOT_RUN).pick(language), language)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: an unknown address, another method, a broken body."""
    language = language_of(request.headers)
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: (MISSING, _NO_PATH), 405: (METHOD, _NO_METHOD)}
    if status in words:
        kind, text = words[status]
        return problem(kind, text.pick(language), language)
    if status == LARGE.status:
        return too_large(language)
    return problem(INVALID, _WRONG["json_invalid"].pick(language), language)


def too_large(language: str, megabytes: int | None = None) -> Response:
    """The answer to a body that is larger than may be."""
    most = megabytes or Settings().api_upload_megabytes
    text = Text(
        f"内容超过上限；文件最大 {most} MB，其他请求最大 64 KB",
        f"the body is too large; a file may have {most} MB, other requests 64 KB",
    )
    return problem(LARGE, text.pick(language), language)


async def _invalid(request: Request, error: Exception) -> Response:
    language = language_of(request.headers)
    found = error.errors() if isinstance(error, RequestValidationError) else []
    told = [{"field": _name(one), "detail": _words(one, language)} for one in found]
    return problem(INVALID, told[0]["detail"], language, errors=told)


def _name(one: Mapping[str, Any]) -> str:
    """The field as the caller wrote it, without where in the request it stood."""
    return ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0])


def _words(one: Mapping[str, Any], language: str) -> str:
    about = {key: str(value) for key, value in one.get("ctx", {}).items() if key != "error"}
    if isinstance(one.get("ctx", {}).get("error"), Told):
        return str(one["ctx"]["error"].text(language))
    text = _WRONG.get(one["type"], _ODD).pick(language)
    return text.format(name=_name(one), **about)


def register(app: FastAPI) -> None:
    """Answer every error as a problem."""
    for kind in (Told, AuditError):
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(NothingYet, _nothing)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
