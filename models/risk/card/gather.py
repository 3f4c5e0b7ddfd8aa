"""What the card of a version is made from: its run, the registry, the figures by group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.home import Home
from core.words import Text
from core.workflow.calendar import CHINA_TIME
from models.risk import gate, registry, report
from models.risk.portable.artefacts import REPORT, read_json
from models.risk.run import is_synthetic
from models.risk.tracking import model_name, open_client, quiet

# Where the fairness figures of a question stand, once somebody made them.
GROUPS = "groups_{question}.json"


@dataclass(frozen=True)
class Card:
    """Everything a card says. `report` is the section of the Model page that its run kept.

    `role` is champion, challenger, previous or ''; `steps` are the promotions and rollbacks that
    concern the version, oldest first; `metrics` those of its run; `groups` the report by group.
    """

    question: str
    version: str
    role: str
    trained_on: str
    report: Mapping[str, Any]
    features: Sequence[Mapping[str, Any]]
    data: Mapping[str, Any]
    code: str
    steps: Sequence[registry.Promotion]
    metrics: Mapping[str, float]
    categories: Mapping[str, Text]
    synthetic: bool
    county: Text | None = None
    groups: Mapping[str, Any] | None = None
    faults: Sequence[Text] = field(default_factory=list)


def gather(home: Home, version: str, question: str) -> Card:
    """Read the run of a version. Raises RiskError for an unknown version.

    Runs logged before they kept their whole report give what they have: figures and months.
    """
    asked = question or None
    run_id = registry.version_of(home, version, asked).run_id
    client = open_client(home)
    with quiet():
        run = client.get_run(run_id)
    content = read_json(home, client, run, REPORT) or _older(home, client, run, version, question)
    metrics = dict(run.data.metrics)
    # Another model of one label has no folds, hence no gate.
    faults = gate.verdict(metrics) if question or gate.LEAK in metrics else []
    return Card(
        question=question,
        version=str(version),
        role=next(
            (r for r in registry.ALIASES if registry.alias(home, r, asked) == str(version)), ""
        ),
        trained_on=_day(run.info.start_time),
        report=content,
        features=_features(read_json(home, client, run, "features.json")),
        data=read_json(home, client, run, "data.json") or {},
        code=run.data.tags.get("code", ""),
        steps=[s for s in registry.history(home, asked) if s.version == str(version)],
        metrics=metrics,
        categories=_categories(home),
        synthetic=bool(content.get("synthetic")) if content.get("table") else is_synthetic(home),
        county=_county(home),
        groups=_groups(home, question),
        faults=faults,
    )


def _older(home: Home, client: Any, run: Any, version: str, question: str) -> dict[str, Any]:
    """The report of a run that kept none: the last training's where it is that one, else a part."""
    written = report.read_report(home) or {}
    section = (written.get("questions") or {"": written}).get(question) or {}
    if str(section.get("version")) == str(version):
        return dict(section)
    split = read_json(home, client, run, "split.json") or {}
    prefix = gate.PREFIX
    return {
        "question": question,
        "rows": read_json(home, client, run, "evaluation.json") or [],
        "split": {"train": split.get("teach") or split.get("train") or [],
                  "test": split.get("test") or []},
        "as_of_trained": split.get("known_by"),
        "horizon": split.get("horizon"),
        "gate": {k.removeprefix(prefix): v for k, v in run.data.metrics.items()
                 if k.startswith(prefix)},
        "training": dict(run.data.params),
    }  # fmt: skip


def _features(content: Any) -> list[dict[str, Any]]:
    """The list as it was kept; the oldest runs kept names only."""
    return [one if isinstance(one, dict) else {"name": str(one)} for one in content or []]


def _categories(home: Home) -> dict[str, Text]:
    from models.scorecard import ScorecardError, load_rules

    other = {"X": Text("地点与时间等", "Place, time and others")}
    try:
        rules = load_rules(datetime.now(CHINA_TIME).date(), home=home)
        return {c: e.label for c, e in rules.categories.items()} | other
    except ScorecardError:
        # The office's own rules cannot be read just now; the card does not need them.
        return other


def _county(home: Home) -> Text | None:
    if not home.county_file.exists():
        return None
    about = home.county
    zh, en = str(about.get("name_zh") or ""), str(about.get("name_en") or "")
    return Text(zh or en, en or zh) if zh or en else None


def _groups(home: Home, question: str) -> dict[str, Any] | None:
    path = home.reports / GROUPS.format(question=question)
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found if isinstance(found, dict) else None


def _day(milliseconds: int | None) -> str:
    return registry.china_day(milliseconds) if milliseconds else ""


def name_of(card: Card) -> str:
    """The registered name with the version: doudi-risk-existing 3."""
    return f"{model_name(card.question or None)} {card.version}"
