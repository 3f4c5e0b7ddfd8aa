"""The route that hands out files about households: who asks, for what, how old the link is.

Every request is asked anew: the guard has found out who it is; the seal says that the link was made
for this very sign-in and is fresh; the use case behind it asks for right and area, and records.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import services
from core.access import links
from core.access.areas import Area
from core.access.roles import Action
from core.errors import Told
from dashboard.app_pages.alerts import book as alerts_book
from dashboard.app_pages.data import corrections
from dashboard.app_pages.explanations import book as explanations_book
from dashboard.app_pages.fairness import book as fairness_book
from dashboard.app_pages.household import paper, pictures, printing
from dashboard.app_pages.indicators import book as indicators_book
from dashboard.app_pages.laboratory import book as laboratory_book
from dashboard.app_pages.model import book as model_book
from dashboard.app_pages.model import tested_book
from dashboard.app_pages.overview import bulletin
from dashboard.app_pages.precision import mismatch, trust
from dashboard.app_pages.supervision import book as supervision_book
from dashboard.app_pages.supervision import bulletin as work_bulletin
from dashboard.app_pages.tasks import book as tasks_book
from dashboard.app_pages.tasks import sheets
from dashboard.app_pages.training import book as training_book
from dashboard.app_pages.watching import book as watching_book
from dashboard.door import browser, markup
from dashboard.i18n import Say, mark, translator
from dashboard.show import books
from services import Context, NothingYet, files
from services.context import utc_now

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Maker = Callable[[Context, dict[str, Any], Say], bytes]


def _alerts(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return alerts_book.asked_for(here, asked, say)


def _quarantine(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return books.returned(here, asked["feed"], asked["batch"], asked["purpose"], say)


def _household(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    purpose = asked.get("purpose", "")
    return printing.asked_for(here, asked["household"], say, purpose).encode("utf-8")


def _case_history(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return paper.asked_for(here, asked, say).encode("utf-8")


def _mismatch(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return mismatch.book(here, say)


def _visits(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return sheets.asked_for(here, asked, say).encode("utf-8")


def _precision(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    denominator, question = str(asked["denominator"]), str(asked["question"])
    if denominator not in trust.DENOMINATORS or question not in trust.QUESTIONS:
        raise links.LinkRefused("unknown figures")
    return books.precision(here, denominator, question, say)


def _rules(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    number = asked["version"]
    return services.rules.export(here, int(number) if number else None)


def _indicators(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return indicators_book.book(here, say)


def _watching(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return watching_book.book(here, say)


def _model_card(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    version, question = str(asked["version"]), str(asked["question"])
    return services.risk_model.card(here, version, question, say.language)


def _external(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return services.risk_model.external_page(here, say.language)


def _corrections(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return corrections.book(here, say)


def _feed_template(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    room = services.setup if here.principal.may(Action.SET_UP) else services.deliveries
    return room.template(here, str(asked["feed"]))


def _regions_template(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return services.setup.regions_template(here)


def _supervision(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    return supervision_book.book(here, say)


def _work_bulletin(ending: str) -> Maker:
    return lambda here, asked, say: work_bulletin.asked_for(here, ending, asked, say)


def _bulletin(ending: str) -> Maker:
    return lambda here, asked, say: bulletin.asked_for(here, ending, asked, say)


MAKERS: dict[str, tuple[Maker, str]] = {
    "alerts": (_alerts, XLSX),
    "quarantine": (_quarantine, XLSX),
    "household": (_household, "text/html; charset=utf-8"),
    "case_history": (_case_history, "text/html; charset=utf-8"),
    "photo": (pictures.asked_for, services.photos.KIND),
    "mismatch": (_mismatch, XLSX),
    "tasks": (tasks_book.asked_for, XLSX),
    "visits": (_visits, "text/html; charset=utf-8"),
    "precision": (_precision, XLSX),
    "rules": (_rules, "application/zip"),
    "laboratory": (laboratory_book.asked_for, XLSX),
    "laboratory_page": (laboratory_book.page_asked_for, "text/html; charset=utf-8"),
    "indicators": (_indicators, XLSX),
    "watching": (_watching, XLSX),
    "supervision": (_supervision, XLSX),
    "corrections": (_corrections, XLSX),
    "work_pdf": (_work_bulletin("pdf"), "application/pdf"),
    "work_docx": (_work_bulletin("docx"), DOCX),
    "fairness": (fairness_book.asked_for, XLSX),
    "explanations": (explanations_book.asked_for, XLSX),
    "model_card": (_model_card, "text/html; charset=utf-8"),
    "external": (_external, "text/html; charset=utf-8"),
    "external_figures": (model_book.external_asked_for, XLSX),
    "folds": (model_book.folds_asked_for, XLSX),
    "model": (tested_book.asked_for, XLSX),
    "training": (training_book.asked_for, XLSX),
    "training_config": (training_book.configuration, "application/yaml"),
    "pdf": (_bulletin("pdf"), "application/pdf"),
    "docx": (_bulletin("docx"), DOCX),
    "feed_template": (_feed_template, XLSX),
    "regions_template": (_regions_template, XLSX),
}


SHOWN = {"photo"}  # in the browser itself: what is only looked at is left in no folder


async def hand_out(request: Request) -> Response:
    """Make the file that a link asks for, or say why not."""
    kind = request.path_params["kind"]
    try:
        return await run_in_threadpool(_made, request, kind)
    except (Told, NothingYet) as refused:
        language = browser.language_of(request)
        told = refused.text(language) if isinstance(refused, Told) else translator(language)(_GONE)
        return HTMLResponse(markup.refused(told, language), 403, {"cache-control": "no-store"})


_GONE = mark("What the file was to show is no longer there. Go back and reload the page.")


def _made(request: Request, kind: str) -> Response:
    principal, home = request.state.principal, browser.home()
    try:
        if kind not in MAKERS:
            raise links.LinkRefused("unknown kind")
        query = dict(request.query_params)
        about = links.opened(browser.secret_of(request) or "", kind, query, utc_now())
    except links.LinkRefused as refused:
        files.refused(home, principal, kind, refused.why)
        raise
    area = Area(about["area"], about["department"])
    here = Context(principal, home, date.fromisoformat(about["month"]), area)
    make, media = MAKERS[kind]
    content = make(here, json.loads(about["asked"]), translator(about["lang"]))
    name = quote(about["name"], safe="")
    shown = "inline" if kind in SHOWN else "attachment"
    headers = {
        "content-disposition": f"{shown}; filename*=UTF-8''{name}",
        "cache-control": "no-store, private",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; img-src 'self'; style-src "
        "'unsafe-inline'; sandbox",
    }
    return Response(content, media_type=media, headers=headers)


ROUTES = [Route("/files/{kind}", hand_out, methods=["GET"])]
