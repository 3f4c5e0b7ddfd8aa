"""What a department delivers: a feed's contract as the rest of the program reads it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from core.words import Bilingual, Text
from data.quality import Rule

KINDS = ("string", "date", "number", "integer", "boolean")
IDENTIFIES = (
    *("person", "household", "living_household", "insured_household", "dwelling", "asset"),
    *("name", "phone", "document", "address", "organisation"),
)
PSEUDONYMS = ("person", "household", "living_household", "insured_household", "dwelling", "asset")
# A household's number: the row's own, where a person lives, with whom a person is insured.
HOUSEHOLDS = ("household", "living_household", "insured_household")
# What a column tells of one of the row's people, and not of the row (as its document numbers are).
OF_A_PERSON = ("name", "phone", "address")
PLACES = ("township", "village")
EARLIEST = date(1900, 1, 1)
LAST = 1_000_000  # the place of a feed that gives none
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
class Role(Bilingual):
    """As what a row names a person: husband and wife, holder and joint owner.

    `name` is a word in small letters; the lake's column is `person_<name>`.
    """

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Field(Bilingual):
    """One column of a feed.

    `identifies` is set for personal columns (person, household, living_household,
    insured_household, dwelling, asset, name, phone, document, address, organisation): the lake has
    a pseudonym of the first six, the rest never reaches it. An asset is what has a number of its
    own: a plate, a certificate, an account, a firm. An organisation's name is kept nowhere: a small
    firm bears its owner's.
    `role` says which of a row's people a personal column is about; None is the row's one
    person. Dates lie between `earliest` and `days_ahead` days after the delivery; `longest`
    characters and `pattern` (a regular expression for the whole text) bound free text. `place`
    says that the column holds a township or village, by code or by name.
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
    role: Role | None = None

    @property
    def role_name(self) -> str:
        """The role's name; '' for the row's one person."""
        return self.role.name if self.role else ""

    @property
    def lake_name(self) -> str:
        """What a pseudonym's column is called in the lake: person, person_<role>, household, …"""
        named = self.identifies
        if named in HOUSEHOLDS[1:]:
            named = f"household_{named.split('_')[0]}"
        return f"{named}_{self.role.name}" if self.role else named or self.name

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
    An `optional` feed is awaited only where the county says that it gets it (data.awaited).

    `order` places the feed in lists, `short` is what it is called in passing, `event_kind` the
    field that says which event a row tells of, for feeds whose events are watched for a rise.

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
    order: int = LAST
    short: Text | None = None
    optional: bool = False
    event_kind: str | None = None

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

    @property
    def called(self) -> Text:
        """What the feed is called in passing."""
        return self.short or Text(self.zh, self.en)

    @property
    def people(self) -> list[Field]:
        """The fields that name a person, one for each role, in the contract's order."""
        return [f for f in self.fields if f.identifies == "person"]

    def identifying(self, what: str, role: str = "") -> Field | None:
        """The field that identifies `what` (person, household, name, ...) of a role, if any."""
        found = (f for f in self.fields if f.identifies == what and f.role_name == role)
        return next(found, None)

    @property
    def subjects(self) -> list[Field]:
        """The fields that say whom a row is about: its person, or else all that it names in roles,
        or else its household."""
        person, home = self.identifying("person"), self.identifying("household")
        return [person] if person else self.people or ([home] if home else [])

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


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


@cache
def plain_header(header: str) -> str:
    """A header without spaces, stars, full-width forms, or a unit or 必填 in brackets.

    `总费用（元）`, `*总费用（必填）` and ` 总费用` are the same column.
    """
    text = re.sub(r"\s+|\*", "", _nfkc(str(header)))
    return _NOTE_IN_HEADER.sub("", text).lower()
