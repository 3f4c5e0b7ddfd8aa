"""The documentation page: what the schema says, as plain HTML without script or foreign host.

The usual pages (Swagger UI, ReDoc) need scripts of a megabyte and speak English only; whoever
wants to try calls out loads the schema into a tool of their own.
"""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api import problems
from api.about import half
from core.words import Bilingual, Text

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_STYLE = """
*{box-sizing:border-box}body{margin:0;background:#F4F6F6;color:#1F2933;font:15px/1.6 "PingFang SC",
"Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","Segoe UI",Arial,sans-serif}
main{max-width:60rem;margin:2rem auto;background:#fff;border:1px solid #DDE3E4;border-radius:8px;
padding:2rem}h1{margin:0;font-size:1.4rem}h2{font-size:1.1rem;border-top:1px solid #DDE3E4;
padding-top:1.2rem;margin:1.8rem 0 .4rem}h3{font-size:.95rem;margin:1rem 0 .2rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #DDE3E4;vertical-align:top}th{background:#E7F1F1}
td:first-child{white-space:nowrap}code{background:#F4F6F6;padding:0 .25rem;
overflow-wrap:anywhere}.way{background:#0F6E6E;color:#fff;border-radius:4px;
padding:0 .4rem;font-size:.85rem}a{color:#0F6E6E}
"""
_FIELD = Text("名称", "Name")
_TYPE = Text("类型", "Type")
_MEANS = Text("含义", "Meaning")
_ASKS = Text("参数", "Parameters")
_BODY = Text("请求体", "Body")
_GIVES = Text("返回", "Answer")
_WRONG = Text("出错时", "When something is wrong")
_NEEDED = Text("必填", "needed")
_SCHEMA = Text("机器可读的接口描述（OpenAPI）", "The same for machines (OpenAPI)")


def register(app: FastAPI) -> None:
    """Serve the page."""

    def docs(request: Request) -> Response:
        language = request.query_params.get("lang") or problems.language_of(request.headers)
        base = str(request.scope.get("root_path", ""))
        html = page(app.openapi(), "zh" if language == "zh" else "en", base)
        return HTMLResponse(html, 200, HEADERS)

    def front(request: Request) -> Response:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/v1/docs", 303)

    app.router.routes.append(Route("/v1/docs", docs, methods=["GET"]))
    app.router.routes.append(Route("/", front, methods=["GET"]))


def page(schema: dict[str, Any], language: str, base: str = "") -> str:
    """The whole page; `base` stands before every path."""

    def say(text: Bilingual) -> str:
        return escape(text.pick(language))

    about = schema["info"]
    parts = [
        f"<h1>{escape(about['title'])} API {escape(about['version'])}</h1>",
        f"<p>{_marked(half(about['description'], language))}</p>",
        f"<p><a href='openapi.json'>{say(_SCHEMA)}</a> · "
        "<a href='?lang=zh'>中文</a> · <a href='?lang=en'>English</a></p>",
    ]
    for path, ways in schema["paths"].items():
        for way, operation in ways.items():
            parts.append(_operation(schema, f"{base}{path}", way, operation, language))
    rows = [[k.code, str(k.status), k.pick(language)] for k in problems.KINDS]
    told = "".join(
        f"<tr id='{escape(code)}'><td><code>{escape(code)}</code></td><td>{status}</td>"
        f"<td>{escape(text)}</td></tr>"
        for code, status, text in rows
    )
    parts.append(f"<h2>{say(_WRONG)}</h2><table>{told}</table>")
    return (
        f"<!doctype html><html lang='{'zh-CN' if language == 'zh' else 'en'}'><head>"
        "<meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>Doudi API</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _operation(
    schema: dict[str, Any], path: str, way: str, operation: dict[str, Any], language: str
) -> str:
    name = escape(operation["operationId"])
    parts = [
        f"<h2 id='{name}'>{escape(half(operation['summary'], language))}</h2>",
        f"<p><span class='way'>{escape(way.upper())}</span> <code>{escape(path)}</code></p>",
        f"<p>{_marked(half(operation['description'], language))}</p>",
    ]
    asked = [
        (p["name"], p["schema"], p.get("description", ""), p.get("required", False))
        for p in operation.get("parameters", [])
    ]
    parts.append(_table(schema, _ASKS, asked, language))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        parts.append(_table(schema, _BODY, _fields(schema, content["schema"]), language))
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            found = answer["content"]["application/json"]["schema"]
            parts.append(_table(schema, _GIVES, _fields(schema, found), language, status))
    return "".join(parts)


Fields = list[tuple[str, dict[str, Any], str, bool]]


def _fields(schema: dict[str, Any], shape: dict[str, Any], within: str = "") -> Fields:
    """The fields of an object, those of the objects it lists behind them."""
    found = _resolved(schema, shape)
    needed, rows = found.get("required", []), []
    for name, kind in found.get("properties", {}).items():
        rows.append((f"{within}{name}", kind, kind.get("description", ""), name in needed))
        if kind.get("type") == "array":
            rows += _fields(schema, kind["items"], f"{within}{name}[].")
    return rows


def _table(
    schema: dict[str, Any], title: Text, fields: Fields, language: str, more: str = ""
) -> str:
    if not fields:
        return ""
    heads = "".join(f"<th>{escape(t.pick(language))}</th>" for t in (_FIELD, _TYPE, _MEANS))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_type(schema, kind))}</td>"
        f"<td>{escape(half(told, language))}"
        f"{'（' + escape(_NEEDED.pick(language)) + '）' if needed and title is not _GIVES else ''}"
        "</td></tr>"
        for name, kind, told, needed in fields
    )
    return f"<h3>{escape(title.pick(language))} {escape(more)}</h3><table>{heads}{rows}</table>"


def _type(schema: dict[str, Any], kind: dict[str, Any]) -> str:
    """A type in a few words; the values of an enumeration."""
    if "anyOf" in kind:
        told = [_type(schema, one) for one in kind["anyOf"] if one.get("type") != "null"]
        return " | ".join(dict.fromkeys(told))
    found = _resolved(schema, kind)
    if "enum" in found:
        return " | ".join(str(one) for one in found["enum"])
    if "const" in found:
        return str(found["const"])
    if found.get("type") == "array":
        return f"[{_type(schema, found['items'])}]"
    if set(found.get("properties", {})) == {"code", "text"}:
        return "{code, text}"
    if "properties" in found:
        return "{…}"
    return str(found.get("format") or found.get("type", ""))


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    named = shape.get("$ref", "").rpartition("/")[2]
    return dict(schema["components"]["schemas"][named]) if named else shape


def _marked(text: str) -> str:
    """Text with `code` as such."""
    parts = escape(text).split("`")
    return "".join(f"<code>{t}</code>" if n % 2 else t for n, t in enumerate(parts))
