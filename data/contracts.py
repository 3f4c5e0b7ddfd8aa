"""What each department delivers: a typed view over the feed contracts in `data/feeds/`.

A contract is an Open Data Contract Standard v3 file. Declared there once, it drives the
reading of files, the checks, the lake's columns, the reference page and the Excel template.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pydantic
import yaml
from open_data_contract_standard.model import (
    EnumValue,
    OpenDataContractStandard,
    SchemaProperty,
)

from core.words import Bilingual
from data.quality import Rule, RuleError, read_rule

FEEDS = Path(__file__).parent / "feeds"
ORDER = (
    *("population_register", "assistance_rolls", "medical_claims", "disability_certificates"),
    *("school_rolls", "employment", "housing", "deaths", "home_visits", "home_visit_members"),
    *("social_insurance", "tax", "real_estate", "firms", "housing_fund", "vehicles"),
    *("financial_assets", "listed_diseases", "rural_watch", "public_payroll"),
)
KINDS = ("string", "date", "number", "integer", "boolean")
IDENTIFIES = (
    *("person", "household", "living_household", "dwelling", "asset"),
    *("name", "phone", "document", "address", "organisation"),
)
PSEUDONYMS = ("person", "household", "living_household", "dwelling", "asset")
PLACES = ("township", "village")
EARLIEST = date(1900, 1, 1)
# What a contract that says nothing else means.
SMALLEST_PERCENT, ECHO_PERCENT = 70.0, 90.0
_NOTE_IN_HEADER = re.compile(r"(?:\((?:万?元|月|年|平方米|人|必填|必填项|选填|非必填)\))+$")


class ContractError(Exception):
    """A feed contract is missing or cannot be read; the message names file and key."""


@dataclass(frozen=True)
class Code(Bilingual):
    """One allowed value: `value` is kept in the lake, `spellings` is what departments write."""

    value: str | int
    zh: str
    en: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Field(Bilingual):
    """One column of a feed.

    `identifies` is set for personal columns (person, household, living_household, dwelling, asset,
    name, phone, document, address, organisation): the lake has a pseudonym of the first five, the
    rest never reaches it. An asset is what has a number of its own: a plate, a certificate, an
    account, a firm. An organisation's name is kept nowhere: a small firm bears its owner's. Dates
    lie between `earliest` and `days_ahead` days after the delivery; `longest` characters and
    `pattern` (a regular expression for the whole text) bound free text. `place` says that the
    column holds a township or village, by code or by name.
    """

    name: str
    zh: str
    en: str
    kind: str
    required: bool
    key: bool
    identifies: str | None
    synonyms: tuple[str, ...]
    codes: tuple[Code, ...]
    unit: str | None
    minimum: float | None
    maximum: float | None
    note: str | None
    earliest: date = EARLIEST
    days_ahead: int = 0
    month_allowed: bool = False
    longest: int | None = None
    pattern: str | None = None
    place: str | None = None

    @property
    def personal(self) -> bool:
        """Whether the column must stay out of the lake."""
        return self.identifies is not None

    @cached_property
    def headers(self) -> frozenset[str]:
        """Every header this column may carry, as `plain_header` writes them."""
        return frozenset(plain_header(h) for h in (self.zh, self.name, *self.synonyms))

    @cached_property
    def spellings(self) -> dict[str, str | int]:
        """Written value to kept value: labels, other spellings and the kept value itself."""
        written = [(s, c.value) for c in self.codes for s in (str(c.value), *c.spellings)]
        written += [(c.zh, c.value) for c in self.codes]
        return {w: v for s, v in written for w in (s, _nfkc(s))}


@dataclass(frozen=True)
class Contract(Bilingual):
    """One department's feed: its fields, names, file names, rhythm and checks.

    `fresh_months` is how long after the last period it covers the feed still speaks: silence
    beyond that is unknown, not "nothing happened". None: it never falls silent. A delivery
    smaller than `bulk_percent` of the largest one corrects earlier rows and covers no period.

    `key_once`: a key is given out once and for all (a settlement's number), so a row that comes
    again in another month's file is the same row. Elsewhere a key names a row of its month.
    A delivery below `smallest_percent` of the rows it would replace waits for a person, and so
    does one of which `echo_percent` or more are another month's rows.
    """

    feed: str
    zh: str
    en: str
    owner_zh: str
    owner_en: str
    every_months: int
    fresh_months: int | None
    bulk_percent: float
    file_names: tuple[str, ...]
    file_format: str
    encoding: str | None
    happened_on: str
    drift_percent: float | None
    key_once: bool
    smallest_percent: float
    echo_percent: float
    purpose: str
    granularity: str
    limitations: str
    version: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()

    def field(self, name: str) -> Field:
        """The field called `name`.

        Raises ContractError when the feed has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise ContractError(f"feed {self.feed} has no field '{name}'; it has {self.field_names}")

    @property
    def field_names(self) -> list[str]:
        """English names of all fields, in the contract's order."""
        return [f.name for f in self.fields]

    @property
    def required(self) -> list[str]:
        """Fields that must be filled in every row."""
        return [f.name for f in self.fields if f.required]

    @property
    def keys(self) -> list[str]:
        """Fields that name a row, where the department has such a number."""
        return [f.name for f in self.fields if f.key]

    def identifying(self, what: str) -> Field | None:
        """The field that identifies `what` (person, household, name, ...), if any."""
        return next((f for f in self.fields if f.identifies == what), None)

    def match_headers(self, headers: list[str]) -> dict[str, str]:
        """Field name -> header as delivered, for every header this contract knows.

        The first of two headers naming the same field wins.
        """
        found: dict[str, str] = {}
        for header in headers:
            plain = plain_header(header)
            for field in self.fields:
                if plain in field.headers and field.name not in found:
                    found[field.name] = header
                    break
        return found

    def labels(self, language: str) -> dict[str, str]:
        """Field name -> label in 'zh' or 'en'."""
        return {f.name: f.zh if language == "zh" else f.en for f in self.fields}


def looks_like(contract: Contract, headers: list[str]) -> Contract | None:
    """The feed a file rather belongs to, by its headers; None when it may be `contract`'s.

    Another feed must know more of its columns and find all it requires among them: the members of
    a visit have a household and a date too, and are no visits.
    """
    scores = {f: len(load_contract(f).match_headers(headers)) for f in all_feeds()}
    best = max(all_feeds(), key=lambda f: (scores[f], f == contract.feed))
    likeliest = load_contract(best)
    if scores[best] <= len(contract.match_headers(headers)):
        return None
    found = likeliest.match_headers(headers)
    return likeliest if all(name in found for name in likeliest.required) else None


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


@cache
def plain_header(header: str) -> str:
    """A header without spaces, stars, full-width forms, or a unit or 必填 in brackets.

    `总费用（元）`, `*总费用（必填）` and ` 总费用` are the same column.
    """
    text = re.sub(r"\s+|\*", "", _nfkc(str(header)))
    return _NOTE_IN_HEADER.sub("", text).lower()


@cache
def all_feeds() -> list[str]:
    """Names of all feeds that have a contract, in the order departments are listed."""
    names = {p.stem for p in FEEDS.glob("*.yaml")}
    return [n for n in ORDER if n in names] + sorted(names - set(ORDER))


@cache
def load_contract(feed: str) -> Contract:
    """The contract of one feed.

    Raises ContractError for an unknown feed or a file that is not a valid contract.
    """
    path = FEEDS / f"{feed}.yaml"
    if not path.exists():
        raise ContractError(f"no feed '{feed}'; the feeds are {', '.join(all_feeds())}")
    return read_contract(path)


def read_contract(path: Path) -> Contract:
    """Read a contract file.

    Raises ContractError naming the file and what is wrong in it.
    """
    try:
        # The C parser reads ten contracts in a tenth of the time.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe
        odcs = OpenDataContractStandard(**content)
    except (yaml.YAMLError, pydantic.ValidationError, TypeError) as error:
        line = str(error).splitlines()[0]
        raise ContractError(f"{path.name} is not a valid data contract: {line}") from error
    if not odcs.schema_ or len(odcs.schema_) != 1:
        raise ContractError(f"{path.name}: schema must hold exactly one table")
    return _contract(path.name, odcs)


def _custom(item: Any) -> dict[str, Any]:
    return {p.property: p.value for p in item.customProperties or []}


def _contract(file: str, odcs: OpenDataContractStandard) -> Contract:
    table = odcs.schema_[0]  # type: ignore[index]
    custom, team = _custom(odcs), odcs.team
    about = odcs.description
    promised = {s.property: s.value for s in odcs.slaProperties or []}
    freshness = promised.get("freshness")
    contract = Contract(
        feed=table.name or "",
        zh=table.businessName or "",
        en=table.description or "",
        owner_zh=getattr(team, "name", "") or "",
        owner_en=getattr(team, "description", "") or "",
        every_months=int(promised.get("frequency") or 1),
        fresh_months=int(freshness) if freshness is not None else None,
        bulk_percent=float(custom.get("bulkPercent") or 0),
        file_names=tuple(custom.get("fileNames") or [table.businessName]),
        file_format=custom.get("fileFormat", "csv"),
        encoding=custom.get("encoding"),
        happened_on=custom.get("happenedOn", ""),
        drift_percent=custom.get("driftPercent"),
        key_once=bool(custom.get("keyOnce")),
        smallest_percent=float(custom.get("smallestPercent") or SMALLEST_PERCENT),
        echo_percent=float(custom.get("echoPercent") or ECHO_PERCENT),
        purpose=(about and about.purpose) or "",
        granularity=table.dataGranularityDescription or "",
        limitations=(about and about.limitations) or "",
        version=odcs.version or "",
        fields=tuple(_field(file, p) for p in table.properties or []),
        rules=tuple(_rule(file, q) for q in table.quality or []),
    )
    _check_rules(file, contract)
    if contract.happened_on not in contract.field_names:
        raise ContractError(
            f"{file}: customProperties.happenedOn is '{contract.happened_on}', "
            "which is not a field of the schema"
        )
    return contract


def _rule(file: str, quality: Any) -> Rule:
    try:
        return read_rule(quality)
    except RuleError as error:
        raise ContractError(f"{file}: quality '{quality.name}' {error}") from error


def _check_rules(file: str, contract: Contract) -> None:
    """Rules speak of fields the contract has."""
    for rule in contract.rules:
        for name in rule.names:
            if name not in contract.field_names:
                raise ContractError(
                    f"{file}: quality '{rule.name}' speaks of '{name}', "
                    "which is not a field of the schema"
                )


def _field(file: str, prop: SchemaProperty) -> Field:
    custom, options = _custom(prop), prop.logicalTypeOptions or {}
    kind, identifies = prop.logicalType or "string", custom.get("identifies")
    if kind not in KINDS:
        raise ContractError(f"{file}: {prop.name}.logicalType is '{kind}'; use one of {KINDS}")
    if identifies and identifies not in IDENTIFIES:
        raise ContractError(
            f"{file}: {prop.name}.identifies is '{identifies}'; use one of {IDENTIFIES}"
        )
    dates = kind == "date"
    if custom.get("place") not in (None, *PLACES):
        raise ContractError(f"{file}: {prop.name}.place is '{custom['place']}'; use {PLACES}")
    return Field(
        name=prop.name or "",
        zh=prop.businessName or "",
        en=prop.description or "",
        kind=kind,
        required=bool(prop.required),
        key=bool(prop.primaryKey),
        identifies=identifies,
        synonyms=tuple(s.synonym or "" for s in prop.synonyms or []),
        codes=tuple(_code(v) for v in prop.enum or []),
        unit=custom.get("unit"),
        minimum=None if dates else options.get("minimum"),
        maximum=None if dates else options.get("maximum"),
        note=custom.get("note"),
        earliest=_day(file, prop, options.get("minimum")) if dates else EARLIEST,
        days_ahead=int(custom.get("futureDays") or 0),
        month_allowed=bool(custom.get("monthAllowed")),
        longest=options.get("maxLength"),
        pattern=options.get("pattern"),
        place=custom.get("place"),
    )


def _day(file: str, prop: SchemaProperty, written: Any) -> date:
    if written is None:
        return EARLIEST
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise ContractError(
            f"{file}: {prop.name}.logicalTypeOptions.minimum is '{written}', no date; "
            "write it as '1949-10-01'"
        ) from None


def _code(value: EnumValue) -> Code:
    custom = {p.property: p.value for p in value.customProperties or []}
    return Code(
        value=value.value if isinstance(value.value, int) else str(value.value),
        zh=value.label or str(value.value),
        en=value.description or str(value.value),
        spellings=tuple(str(s) for s in custom.get("spellings") or []),
    )
