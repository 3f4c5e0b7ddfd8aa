"""The application that other systems call, mounted at /api beside the pages."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.routing import Match
from starlette.types import Scope

from api import page, problems, reading, writing
from api.about import INTERFACE, both
from api.asking import bearer, known_parameters
from api.gate import Gate
from api.shapes import Problem

_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": " / ".join(
            f"{kind.zh} · {kind.en}" for kind in problems.KINDS if kind.status == status
        ),
        "content": {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (401, 403, 404, 409, 413, 422, 429, 500)
}


def _operation_of(scope: Scope) -> str:
    """The operation that a request is for; '' for the documentation and unknown addresses."""
    for route in (*reading.router.routes, *writing.router.routes):
        if route.matches(scope)[0] is Match.FULL:
            return str(route.operation_id)  # type: ignore[attr-defined]
    return ""


def _made() -> FastAPI:
    made = FastAPI(
        title="兜底 Doudi",
        version="1",
        description=both(INTERFACE),
        openapi_url="/v1/openapi.json",
        docs_url=None,  # both pages of the framework load scripts from a foreign host
        redoc_url=None,
        middleware=[Middleware(Gate, operation_of=_operation_of)],
        responses=_REFUSALS,
        # What callers send belongs in no trace, whatever the server's environment asks for.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    problems.register(made)
    for router in (reading.router, writing.router):
        made.include_router(router, dependencies=[Depends(bearer), Depends(known_parameters)])
    page.register(made)
    made.openapi = partial(_schema, made)  # type: ignore[method-assign]
    return made


def _schema(made: FastAPI) -> dict[str, Any]:
    """The schema with the shape of problems, which no operation answers when all goes well."""
    if made.openapi_schema is None:
        found = FastAPI.openapi(made)
        found["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        made.openapi_schema = found
    return made.openapi_schema


app = _made()
