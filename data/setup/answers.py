"""Everything that is told about a county when it is set up, and whether it can be so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from core.errors import Told
from core.words import Text
from data.awaited import usual
from data.contracts import all_feeds
from data.setup import codes, figures, regions_table
from data.setup.figures import Figure
from data.setup.regions_table import Place

_LONGEST = 40
_COUNTY = ("code", "name", "name_en", "province", "city")
_FIGURE = ("name", "side", "since", "value", "document", "dated", "link", "region")


class SetupError(Told):
    """A county cannot be set up so; the message says what would be right."""


@dataclass(frozen=True)
class Answers:
    """A county as it is told: who it is, its townships and villages, standards, feeds it gets."""

    code: str = ""
    name: str = ""
    name_en: str = ""
    province: str = ""
    city: str = ""
    places: tuple[Place, ...] = ()
    figures: tuple[Figure, ...] = ()
    feeds: tuple[str, ...] = ()

    @property
    def townships(self) -> int:
        """How many townships are told."""
        return sum(not place.is_village for place in self.places)

    @property
    def villages(self) -> int:
        """How many villages are told."""
        return sum(place.is_village for place in self.places)


def problems(answers: Answers) -> list[Text]:
    """What keeps the answers from being used, one line each; [] where nothing does."""
    wrong = codes.county_problem(answers.code)
    found = [wrong] if wrong else []
    if not answers.name.strip():
        found.append(Text("请填写县（市、区）名称", "give the county's name"))
    for text in (answers.name, answers.name_en, answers.province, answers.city):
        if len(text) > _LONGEST:
            found.append(
                Text(
                    f"“{text[:12]}…”过长，名称最多 {_LONGEST} 个字",
                    f"'{text[:12]}…' is too long; names have at most {_LONGEST} characters",
                )
            )
    if wrong is None and answers.places:
        found += regions_table.problems(answers.places, answers.code)
    found += figures.problems(answers.figures, answers.code)
    known = all_feeds()
    found += [
        Text(
            f"没有“{feed}”这类数据，应为 {'、'.join(known)} 之一",
            f"there is no feed '{feed}'; the feeds are {', '.join(known)}",
        )
        for feed in answers.feeds
        if feed not in known
    ]
    return found


def hints(answers: Answers) -> list[Text]:
    """What looks odd or is still missing, and keeps nobody from going on."""
    found = []
    if codes.county_problem(answers.code) is None and (odd := codes.county_hint(answers.code)):
        found.append(odd)
    if not answers.places:
        found.append(
            Text(
                "尚未导入乡镇、村（社区）表：页面只显示代码，账号无法按乡镇分配",
                "no table of townships and villages yet: pages show codes, and no account can be "
                "given a township",
            )
        )
    return [*found, *regions_table.hints(answers.places), *figures.hints(answers.figures)]


def read_answers(path: Path) -> Answers:
    """Answers from a YAML file; the table of regions lies beside it. Raises SetupError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetupError(f"没有文件 {path}", f"there is no file {path}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = str(error).splitlines()[0]
        raise SetupError(
            f"{path.name} 不是可读的 YAML 文件：{line}", f"{path.name} is no readable YAML: {line}"
        ) from error
    return of_plain(content, path.name, path.parent)


def of_plain(content: Any, file: str, folder: Path) -> Answers:
    """Answers from plain values, keys as `docs` and the template show. Raises SetupError."""
    _keys(file, content, ("county", "regions", "standards", "feeds"))
    about = content.get("county") or {}
    _keys(f"{file}: county", about, _COUNTY)
    table = content.get("regions")
    return Answers(
        code=codes.plain(str(about.get("code", ""))),
        **{key: str(about.get(key) or "").strip() for key in _COUNTY[1:]},
        places=tuple(read_table(folder / str(table))) if table else (),
        figures=tuple(
            one
            for number, entry in enumerate(_listed(file, "standards", content), start=1)
            for one in _figures(f"{file}: standards {number}", entry)
        ),
        feeds=tuple(map(str, _listed(file, "feeds", content))),
    )


def read_table(path: Path) -> list[Place]:
    """Places of a table file. Raises SetupError or `regions_table.TableError`."""
    try:
        return regions_table.read_places(path.read_bytes())
    except FileNotFoundError:
        raise SetupError(f"没有区划表 {path}", f"there is no table of regions {path}") from None


def _keys(where: str, content: Any, known: Sequence[str]) -> None:
    if not isinstance(content, Mapping):
        raise SetupError(
            f"{where} 应为“键: 值”的形式，键有 {'、'.join(known)}",
            f"{where} must be of the form 'key: value' with the keys {', '.join(known)}",
        )
    for key in content:
        if key not in known:
            raise SetupError(
                f"{where}：没有“{key}”这一项，可用的有 {'、'.join(known)}",
                f"{where}: there is no key '{key}'; there are {', '.join(known)}",
            )


def _listed(file: str, key: str, content: Mapping[str, Any]) -> Sequence[Any]:
    found = content.get(key) or []
    if not isinstance(found, list):
        raise SetupError(f"{file}：{key} 应为列表", f"{file}: {key} must be a list")
    return found


def _figures(where: str, entry: Any) -> list[Figure]:
    """The figures of one entry; `side: both` gives urban and rural the same value."""
    _keys(where, entry, _FIGURE)
    value = entry.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SetupError(
            f"{where}：value 应为数字，填写的是“{value}”", f"{where}: value is no number: {value!r}"
        )
    dated = entry.get("dated")
    side = str(entry.get("side", ""))
    return [
        Figure(
            str(entry.get("name", "")),
            one,
            day_of(where, "since", entry.get("since")),
            float(value),
            str(entry.get("document") or ""),
            day_of(where, "dated", dated) if dated else None,
            str(entry.get("link") or ""),
            str(entry.get("region") or ""),
        )
        for one in (("urban", "rural") if side == "both" else (side,))
    ]


def day_of(where: str, key: str, value: Any) -> date:
    """A day as YAML or a person writes it, like 2026-07-01. Raises SetupError."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise SetupError(
            f"{where}：{key} 应为 2026-07-01 这样的日期，填写的是“{value}”",
            f"{where}: {key} is no date like 2026-07-01: {value!r}",
        ) from None


_TEMPLATE = """\
# Answers for 'doudi init --from FILE'. 兜底县级设置，供 doudi init --from 使用。
county:
  code: "421234"            # GB/T 2260, six digits 六位
  name: 示例县
  name_en: Example County
  province: 示例省
  city: 示例市
regions: regions.xlsx       # beside this file; doudi init --regions-template regions.xlsx
# side: urban 城镇, rural 农村, both. theta and k are ratios: 0.6 is 60 %.
standards:
  - {name: S, side: urban, since: 2026-01-01, value: 750, document: 示例民发〔2026〕1号, dated: 2025-12-20, link: "https://example.gov.cn/1"}
  - {name: S, side: rural, since: 2026-01-01, value: 685, document: 示例民发〔2026〕1号}
  - {name: D, side: urban, since: 2026-01-01, value: 37600, document: 2025年统计公报}
  - {name: D, side: rural, since: 2026-01-01, value: 21300, document: 2025年统计公报}
  - {name: M, side: both, since: 2026-01-01, value: 9100, document: 示例防贫发〔2026〕2号}
  - {name: W, side: both, since: 2026-01-01, value: 1850, document: 示例政发〔2025〕9号}
  - {name: k, side: both, since: 2026-01-01, value: 1.5, document: 示例民发〔2021〕8号}
  - {name: theta, side: both, since: 2026-01-01, value: 0.6, document: 示例民发〔2021〕8号}
"""  # noqa: E501 - a file to be edited: one standard a line
TEMPLATE = f"{_TEMPLATE}feeds: [{', '.join(usual())}]\n"
