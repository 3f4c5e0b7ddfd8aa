"""The description of the interface: valid, complete, bilingual, and readable without internet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from api import problems, reading, writing
from api.app import app

SCHEMA = app.openapi()
ROUTES = [r for r in (*reading.router.routes, *writing.router.routes) if isinstance(r, APIRoute)]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, ways in SCHEMA["paths"].items():
        for way, operation in ways.items():
            yield path, way.upper(), operation


def test_the_schema_is_valid_openapi() -> None:
    OpenAPI.model_validate(SCHEMA)
    shapes = list(SCHEMA["components"]["schemas"].values())
    shapes += [p["schema"] for _, _, operation in operations() for p in operation["parameters"]]
    for shape in shapes:
        Draft202012Validator.check_schema(shape)
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for path, _, operation in operations():
        within = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert within == set(re.findall(r"{(\w+)}", path))


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(SCHEMA)))
    assert names <= set(SCHEMA["components"]["schemas"])
    assert SCHEMA["openapi"].startswith("3.1")


def test_the_schema_lists_every_route_once() -> None:
    listed = [(path, way) for path, way, _ in operations()]
    assert sorted(listed) == sorted((r.path, way) for r in ROUTES for way in r.methods)
    assert len(ROUTES) == 7


def test_every_operation_asks_for_a_token_and_tells_its_refusals() -> None:
    for path, way, operation in operations():
        assert operation["security"] == [{"token": []}], path
        kinds = {"401", "403", "404", "422", "429"} | ({"409"} if way == "POST" else set())
        assert kinds <= set(operation["responses"]), path
        for status in kinds:
            assert list(operation["responses"][status]["content"]) == [problems.MEDIA]


def test_everything_is_said_in_both_languages() -> None:
    for path, _, operation in operations():
        told = [operation["summary"], operation["description"]]
        told += [p["description"] for p in operation["parameters"]]
        for text in told:
            zh, _, en = text.partition(" · ")
            assert CHINESE.search(zh), (path, text)
            assert en, (path, text)
            assert not CHINESE.search(en), (path, text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_every_operation_and_no_foreign_host(language: str) -> None:
    answer = TestClient(app).get("/v1/docs", headers={"accept-language": language})
    assert answer.status_code == 200
    for path, way, operation in operations():
        assert f"{way}</span> <code>{path}" in answer.text
        zh, _, en = operation["summary"].partition(" · ")
        assert (zh if language == "zh" else en) in answer.text.replace("&#x27;", "'")
    assert "alerts[].version" in answer.text
    for kind in problems.KINDS:
        assert f"id='{kind.code}'" in answer.text
    assert not re.search(r"https?://|<script|@import|url\(", answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_front_of_the_interface_leads_to_its_page() -> None:
    front = TestClient(app).get("/", follow_redirects=False)
    assert (front.status_code, front.headers["location"]) == (303, "/v1/docs")
    assert TestClient(app).get("/v1/openapi.json").json() == SCHEMA
