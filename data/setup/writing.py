"""Putting a county into its home, and bringing back what stood there before.

What is replaced is kept whole in `data/previous/<number>/`; going back is another replacement, so
nothing is ever lost.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from core.atomic import write_text
from core.home import Home
from core.words import Text
from data.regions import Regions, RegionsError
from data.setup import figures, regions_table
from data.setup.answers import Answers, SetupError, hints, problems
from data.setup.figures import Figure
from data.setup.regions_table import Place
from data.standards import Standards

_ABOUT = "about.json"


@dataclass(frozen=True)
class Kept:
    """A set-up that was replaced: its number, until when it held and who replaced it."""

    number: int
    until: str
    by: str
    name: str


@dataclass(frozen=True)
class Preview:
    """What saving would do: problems that forbid it, hints, changes against what stands."""

    problems: tuple[Text, ...]
    hints: tuple[Text, ...]
    changes: tuple[Text, ...]


def preview(home: Home, answers: Answers) -> Preview:
    """What saving these answers would do; nothing is written."""
    answers = _with_old_figures(home, answers)
    found = [*problems(answers), *_against_home(home, answers)]
    found += _kept_by_the_table(home, answers)
    return Preview(tuple(found), tuple(hints(answers)), tuple(_changes(home, answers)))


def save(home: Home, answers: Answers, by: str, at: datetime) -> int | None:
    """Write the county's files; what stood there is kept, its number is returned.

    Raises SetupError with the first problem.
    """
    answers = _with_old_figures(home, answers)
    if wrong := preview(home, answers).problems:
        raise SetupError(wrong[0].zh, wrong[0].en)
    number = keep(home, by, at)
    about = _county(home, answers)
    standards = figures.as_yaml(answers.figures, answers.code)
    _end_again(home, standards)
    write_text(home.standards_file, _yaml(standards))
    if not home.region_table.exists():  # else the table holds the places, this their outlines
        collection = regions_table.geojson(answers.places, _collection(home))
        write_text(home.regions_file, json.dumps(collection, ensure_ascii=False, indent=1) + "\n")
    # Last: a home holds a county from the moment this file is there.
    write_text(home.county_file, _yaml(about))
    return number


def _with_old_figures(home: Home, answers: Answers) -> Answers:
    """Once a month was run its figures stay: answers add dates and correct values, no more."""
    if not home.months("profile"):
        return answers
    told = {(f.region, f.side, f.name, f.since) for f in answers.figures}
    old = [f for f in current(home).figures if (f.region, f.side, f.name, f.since) not in told]
    return replace(answers, figures=(*old, *answers.figures))


def _end_again(home: Home, standards: dict[str, Any]) -> None:
    """Ends of series (`value: null`) that were written by hand, which no answer can tell."""
    if not home.standards_file.exists():
        return
    for (region, side, name), dated in Standards.read(home.standards_file).series.items():
        series = standards.get(region, {}).get(side, {}).get(name)
        for one in dated:
            if series is not None and one.value is None:
                series["values"].setdefault(
                    one.since.isoformat(), {"value": None, "reference": one.reference}
                )
                series["values"] = dict(sorted(series["values"].items()))


def _county(home: Home, answers: Answers) -> dict[str, Any]:
    """county.yaml; what the set-up does not ask stays as it was."""
    before = home.county if home.county_file.exists() else {}
    told = {
        "region": answers.code,
        "name_zh": answers.name.strip(),
        "name_en": answers.name_en.strip() or answers.name.strip(),
        "province_zh": answers.province.strip(),
        "city_zh": answers.city.strip(),
        "feeds": list(answers.feeds),
    }
    usual = {"currency_zh": "元", "currency_en": "yuan", "label": "rolls", "horizon_months": 6}
    kept = {key: value for key, value in before.items() if key not in _COMPUTED}
    return {**usual, **kept, **told}


# Months that `Home.county` works out from what was run; they are not written.
_COMPUTED = ("first_as_of", "last_as_of")


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=4096)


def current(home: Home) -> Answers:
    """The answers that a home holds; empty ones where it holds no county."""
    if not home.county_file.exists():
        return Answers()
    about = home.county
    return Answers(
        code=str(about.get("region", "")),
        name=str(about.get("name_zh", "")),
        name_en=str(about.get("name_en", "")),
        province=str(about.get("province_zh", "")),
        city=str(about.get("city_zh", "")),
        places=tuple(_places(_today(home))),
        figures=tuple(_figures(home, str(about.get("region", "")))),
        feeds=tuple(about.get("feeds") or ()),
    )


def _collection(home: Home) -> dict[str, Any] | None:
    if not home.regions_file.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(home.regions_file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return found


def _today(home: Home) -> dict[str, Any] | None:
    """Today's places: those of the table with dates, where there is one."""
    if not home.region_table.exists():
        return _collection(home)
    try:
        return Regions.load(home).geojson
    except RegionsError:
        return None


def _places(collection: dict[str, Any] | None) -> Iterator[Place]:
    for feature in (collection or {}).get("features", []):
        town = feature["properties"]
        for one in (town, *town.get("villages", [])):
            yield Place(
                str(one["code"]),
                one["name_zh"],
                name_en=one["name_en"] if one["name_en"] != one["name_zh"] else "",
                urban_rural=one.get("urban_rural"),
            )


def _figures(home: Home, county: str) -> Iterator[Figure]:
    """The figures of standards.yaml; what was entered since lies in the database."""
    if not home.standards_file.exists():
        return
    for (region, side, name), dated in Standards.read(home.standards_file).series.items():
        for one in dated:
            if one.value is not None:
                own = "" if region == county else region
                yield Figure(name, side, one.since, one.value, one.reference, region=own)


def _against_home(home: Home, answers: Answers) -> Iterator[Text]:
    """What the home's own past forbids."""
    if not home.county_file.exists():
        return
    about = home.county
    if about.get("synthetic"):
        yield Text(
            "这里是合成数据的演示县，请为真实的县另选空目录",
            "this home holds an invented county; choose an empty folder for a real one",
        )
    filled = (home.lake / "manifest.json").exists()
    if filled and str(about.get("region")) != answers.code:
        yield Text(
            f"这里已有 {about.get('region')} 的数据，不能改为 {answers.code}；请另选空目录",
            f"this home holds data of {about.get('region')} and cannot become {answers.code}; "
            "choose an empty folder",
        )


def _kept_by_the_table(home: Home, answers: Answers) -> Iterator[Text]:
    """Places are changed in the table with dates, where a home has one: it knows since when."""
    if not home.region_table.exists():
        return
    told, known = ({(p.code, p.name) for p in ps} for ps in (answers.places, current(home).places))
    if told != known:
        yield Text(
            "本县区划由带日期的区划表管理，请用 doudi regions import 导入新表",
            "the places of this home are kept in a table with dates; import a new one with "
            "'doudi regions import FILE'",
        )


def _changes(home: Home, answers: Answers) -> Iterator[Text]:
    before = current(home)
    found = list(_differences(before, answers))
    if found and before.code:
        yield Text("现有设置将作为旧版本保留", "what stands now is kept as a previous version")
    yield from found


def _differences(before: Answers, answers: Answers) -> Iterator[Text]:
    for zh, en, old, new in (
        ("区划代码", "code", before.code, answers.code),
        ("名称", "name", before.name, answers.name),
        (
            "英文名称",
            "English name",
            before.name_en or before.name,
            answers.name_en or answers.name,
        ),
        ("省", "province", before.province, answers.province),
        ("市", "city", before.city, answers.city),
    ):
        if old != new:
            yield Text(f"{zh}：{old or '–'} → {new or '–'}", f"{en}: {old or '–'} → {new or '–'}")
    yield from _changed_places(before, answers)
    yield from _changed_figures(before, answers)
    if set(before.feeds) != set(answers.feeds):
        yield Text(
            f"报送数据：{len(before.feeds)} 类 → {len(answers.feeds)} 类",
            f"feeds: {len(before.feeds)} → {len(answers.feeds)}",
        )


def _changed_places(before: Answers, after: Answers) -> Iterator[Text]:
    old, new = ({p.code: p.name for p in one.places} for one in (before, after))
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    renamed = sum(old[code] != new[code] for code in old.keys() & new.keys())
    if added or gone or renamed:
        yield Text(
            f"乡镇 {after.townships} 个，村（社区）{after.villages} 个：新增 {added}，"
            f"改名 {renamed}，去掉 {gone}",
            f"{after.townships} townships, {after.villages} villages: {added} added, {renamed} "
            f"renamed, {gone} left out",
        )


def _changed_figures(before: Answers, after: Answers) -> Iterator[Text]:
    def keyed(one: Answers) -> dict[tuple[str, str, str, object], float]:
        return {(f.region, f.side, f.name, f.since): f.value for f in one.figures}

    old, new = keyed(before), keyed(after)
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    other = sum(old[key] != new[key] for key in old.keys() & new.keys())
    if added or gone or other:
        yield Text(
            f"标准：新增 {added} 条，改值 {other} 条，去掉 {gone} 条",
            f"standards: {added} added, {other} with another value, {gone} left out",
        )


def _folder(home: Home) -> Path:
    return home.data / "previous"


def _files(home: Home) -> list[Path]:
    return [home.county_file, home.standards_file, home.regions_file, home.region_table]


def previous(home: Home) -> list[Kept]:
    """The set-ups that were replaced, newest first."""
    folder = _folder(home)
    found = [path for path in folder.glob("*") if path.name.isdigit() and (path / _ABOUT).exists()]
    read = (json.loads((path / _ABOUT).read_text(encoding="utf-8")) for path in found)
    return sorted((Kept(**one) for one in read), key=lambda kept: -kept.number)


def keep(home: Home, by: str, at: datetime) -> int | None:
    """Set aside the set-up that stands; its number, None where there is none."""
    if not home.county_file.exists():
        return None
    number = max((kept.number for kept in previous(home)), default=0) + 1
    target = _folder(home) / f"{number:04d}"
    target.mkdir(parents=True)
    for path in _files(home):
        if path.exists():
            shutil.copy2(path, target / path.name)
    kept = Kept(number, f"{at:%Y-%m-%d %H:%M}", by, str(home.county.get("name_zh", "")))
    write_text(target / _ABOUT, json.dumps(asdict(kept), ensure_ascii=False) + "\n")
    return number


def bring_back(home: Home, number: int, by: str, at: datetime) -> int | None:
    """Put a previous set-up in place; what stands now is kept in its turn. Raises SetupError."""
    source = _folder(home) / f"{number:04d}"
    if not (source / _ABOUT).exists():
        raise SetupError(f"没有第 {number} 个旧版本", f"there is no previous version {number}")
    kept = keep(home, by, at)
    if not (source / home.region_table.name).exists():
        home.region_table.unlink(missing_ok=True)
    for path in reversed(_files(home)):
        if (source / path.name).exists():
            write_text(path, (source / path.name).read_text(encoding="utf-8"))
    return kept
