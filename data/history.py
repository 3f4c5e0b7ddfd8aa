"""A feed's lines in a household's history, from `history.yaml` in the feed's folder.

A feed without the file has no line there. The file says, in fields of the contract,

- `say`: codes put into words for a line, `amounts`: yuan beside them; a feed's name stands where
  a row has neither. A code of `none`, `unrated` or no is not said.
- `skip`: rows that make no line, because they come every month.
- `once`: rows whose amount was paid once.
- `shocks`: rows that are a blow to the family, each kind with `zh` and `en`.
- `help`: rows that are help received: `amount` names the field, `zh` and `en` or `say` the words;
  with `instead`, help stands in place of the day's lines of this feed.

A condition (`skip`, `once`, `where`) holds when all its fields do: `{event: start}`,
`{event: [start, end]}`, `{cost: {at_least: 3000}}`, `{paid: {above: 0}}`,
`{item: {other_than: [none]}}`. What is unknown meets none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pydantic
import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from core.words import Filled
from data.contracts import Contract, ContractError, folder, load_contract

HISTORY = "history.yaml"
Value = str | int | float | bool
Row = Mapping[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(_Part):
    """Bounds of an amount, or the codes that do not count."""

    at_least: float | None = None
    above: float | None = None
    other_than: tuple[Value, ...] = ()

    def holds(self, value: Any) -> bool:
        """Whether a known value lies within."""
        if self.at_least is not None and not float(value) >= self.at_least:
            return False
        if self.above is not None and not float(value) > self.above:
            return False
        return value not in self.other_than


Where = dict[str, Value | tuple[Value, ...] | Bounds]


def _meets(row: Row, where: Where) -> bool:
    return all(_holds(row.get(name), asked) for name, asked in where.items())


def _holds(value: Any, asked: Value | tuple[Value, ...] | Bounds) -> bool:
    if value is None or value != value:  # nan
        return False
    if isinstance(asked, Bounds):
        return asked.holds(value)
    return value in asked if isinstance(asked, tuple) else value == asked


class Shock(_Part):
    """Rows that are a blow to the family, and what it is called."""

    where: Where = {}
    zh: Filled
    en: Filled


class Help(_Part):
    """Rows that are help received: its words (or codes that say them) and its amount in yuan."""

    where: Where = {}
    zh: Filled | None = None
    en: Filled | None = None
    say: tuple[str, ...] = ()
    amount: str
    instead: bool = False

    @model_validator(mode="after")
    def _has_words(self) -> Help:
        if bool(self.zh and self.en) == bool(self.say):
            raise ValueError("help needs either zh and en, or say")
        return self


class History(_Part):
    """How one feed tells of a household."""

    say: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    skip: tuple[Where, ...] = ()
    once: tuple[Where, ...] = ()
    shocks: tuple[Shock, ...] = ()
    help: tuple[Help, ...] = ()

    def skips(self, row: Row) -> bool:
        """Whether a row makes no line."""
        return any(_meets(row, where) for where in self.skip)

    def paid_once(self, row: Row) -> bool:
        """Whether a row's amount was paid once."""
        return any(_meets(row, where) for where in self.once)

    def shock(self, row: Row) -> Shock | None:
        """The blow that a row is; None for an ordinary one."""
        return next((s for s in self.shocks if _meets(row, s.where)), None)

    def helped(self, row: Row) -> Iterator[Help]:
        """The kinds of help that a row is."""
        return (h for h in self.help if _meets(row, h.where))

    def conditions(self) -> Iterator[tuple[str, Value | tuple[Value, ...] | Bounds]]:
        """Every field that is asked about, and what is asked."""
        told = (*(s.where for s in self.shocks), *(h.where for h in self.help))
        for where in (*self.skip, *self.once, *told):
            yield from where.items()

    def fields(self) -> Iterator[str]:
        """Every field that is spoken of."""
        yield from (*self.say, *self.amounts)
        yield from (name for name, _ in self.conditions())
        for one in self.help:
            yield from (*one.say, one.amount)


@cache
def history_of(feed: str) -> History | None:
    """What the history says of a feed; None where it has no line there.

    Raises ContractError for a file that cannot be read or speaks of what the feed does not have.
    """
    path = folder(feed) / HISTORY
    return read_history(path, load_contract(feed)) if path.exists() else None


def read_history(path: Path, contract: Contract) -> History:
    """Read a file of history lines.

    Raises ContractError naming the file and what is wrong in it.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        found = History.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as error:
        line = str(error).splitlines()[0]
        raise ContractError(f"{file} is not valid YAML: {line}") from error
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContractError(f"{file}: {where}: {first['msg']}") from error
    known = {f.name for f in contract.fields if not f.personal}
    for name in found.fields():
        if name not in known:
            raise ContractError(
                f"{file} speaks of '{name}', which is no field of {contract.feed} that reaches "
                f"the lake; those are {', '.join(sorted(known))}"
            )
    _check_codes(file, contract, found)
    return found


def _check_codes(file: str, contract: Contract, found: History) -> None:
    """A condition on a column of codes asks for codes it has."""
    for name, asked in found.conditions():
        values = asked.other_than if isinstance(asked, Bounds) else asked
        codes = {code.value for code in contract.field(name).codes}
        for value in values if isinstance(values, tuple) else (values,):
            if codes and value not in codes:
                raise ContractError(
                    f"{file} asks for {name} '{value}'; "
                    f"its codes are {', '.join(sorted(map(str, codes)))}"
                )
