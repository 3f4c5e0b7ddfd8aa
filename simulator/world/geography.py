"""An invented county: twelve townships, about 160 villages, outlines that tile without gaps."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

import numpy as np

from simulator.world.levels import REGION

COUNTY_ZH, COUNTY_EN = "望禾县", "Wanghe"


@dataclass(frozen=True)
class Township:
    """One township: share of households, share urban, centre, reporting quality 0 to 1."""

    name_zh: str
    name_en: str
    villages: int
    weight: float
    urban: float
    lon: float
    lat: float
    quality: float
    delay_days: int


TOWNSHIPS = (
    Township("青禾街道", "Qinghe Subdistrict", 18, 0.19, 0.95, 0.30, 0.31, 0.95, 4),
    Township("南浦街道", "Nanpu Subdistrict", 15, 0.14, 0.86, 0.33, 0.22, 0.92, 5),
    Township("柳堤镇", "Liudi Town", 15, 0.10, 0.42, 0.20, 0.29, 0.90, 6),
    Township("石桥镇", "Shiqiao Town", 14, 0.09, 0.33, 0.42, 0.34, 0.86, 7),
    Township("云岭镇", "Yunling Town", 13, 0.08, 0.20, 0.30, 0.47, 0.80, 10),
    Township("白塘镇", "Baitang Town", 13, 0.08, 0.26, 0.22, 0.16, 0.88, 7),
    Township("松坪镇", "Songping Town", 12, 0.07, 0.16, 0.14, 0.43, 0.74, 12),
    Township("河口镇", "Hekou Town", 14, 0.07, 0.22, 0.46, 0.17, 0.84, 8),
    Township("金坡乡", "Jinpo Township", 12, 0.06, 0.08, 0.44, 0.49, 0.66, 15),
    Township("竹源乡", "Zhuyuan Township", 12, 0.05, 0.08, 0.08, 0.26, 0.70, 13),
    Township("雁湖乡", "Yanhu Township", 11, 0.04, 0.06, 0.36, 0.08, 0.62, 16),
    Township("鹿鸣乡", "Luming Township", 11, 0.03, 0.05, 0.54, 0.30, 0.58, 18),
)
FIRST_SYLLABLE = (("柳", "Liu"), ("石", "Shi"), ("桃", "Tao"), ("松", "Song"), ("清", "Qing"),
                  ("白", "Bai"), ("金", "Jin"), ("双", "Shuang"), ("大", "Da"), ("新", "Xin"),
                  ("东", "Dong"), ("西", "Xi"), ("南", "Nan"), ("北", "Bei"),
                  ("高", "Gao"))  # fmt: skip
SECOND_SYLLABLE = (("湾", "wan"), ("坪", "ping"), ("岗", "gang"), ("塘", "tang"), ("桥", "qiao"),
                   ("畈", "fan"), ("冲", "chong"), ("洲", "zhou"), ("井", "jing"), ("坡", "po"),
                   ("园", "yuan"), ("溪", "xi"), ("垸", "yuan"))  # fmt: skip


@dataclass(frozen=True)
class Village:
    """One village or urban neighbourhood."""

    code: str
    name_zh: str
    name_en: str
    township: int
    urban: bool


def township_code(index: int) -> str:
    """Nine-digit code of a township."""
    return f"{REGION}{101 + index}"


def villages() -> list[Village]:
    """All villages in order of township; urban neighbourhoods number from 001, villages 201."""
    names = [(a, b) for b in SECOND_SYLLABLE for a in FIRST_SYLLABLE]
    np.random.default_rng(321).shuffle(names)
    result, used = [], 0
    for t, town in enumerate(TOWNSHIPS):
        urban = max(1, round(town.villages * (0.2 + 0.75 * town.urban)))
        for i in range(town.villages):
            first, second = names[used]
            used += 1
            city = i < urban
            number = i + 1 if city else 201 + i - urban
            result.append(
                Village(
                    f"{township_code(t)}{number:03d}",
                    f"{first[0]}{second[0]}{'社区' if city else '村'}",
                    f"{first[1]}{second[1]} {'Community' if city else 'Village'}",
                    t,
                    city,
                )
            )
    return result


def _clip(polygon: list[np.ndarray], mid: np.ndarray, normal: np.ndarray) -> list[np.ndarray]:
    """Part of a convex polygon on the side of `mid` away from `normal`."""
    result = []
    for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        da, db = (a - mid) @ normal, (b - mid) @ normal
        if da <= 0:
            result.append(a)
        if da * db < 0:
            result.append(a + (b - a) * da / (da - db))
    return result


def _bend(a: np.ndarray, b: np.ndarray, depth: int) -> list[np.ndarray]:
    """Points from a up to b (excluded) along a bent line, the same from either side."""
    length = float(np.hypot(*(b - a)))
    if depth == 0 or length < 0.012:
        return [a]
    first, last = sorted((tuple(np.round(a, 6)), tuple(np.round(b, 6))))
    noise = (
        zlib.crc32(
            repr((float(first[0]), float(first[1]), float(last[0]), float(last[1]))).encode()
        )
        / 2**32
        - 0.5
    )
    across = np.array([first[1] - last[1], last[0] - first[0]])
    middle = (a + b) / 2 + across * noise * 0.22
    return _bend(a, middle, depth - 1) + _bend(middle, b, depth - 1)


def outlines() -> list[list[list[float]]]:
    """One closed ring of [lon, lat] per township: Voronoi cells with bent borders."""
    turns = np.linspace(0, 2 * np.pi, 15)[:-1]
    radius = np.array(
        [0.29, 0.27, 0.3, 0.26, 0.28, 0.3, 0.27, 0.29, 0.26, 0.28, 0.3, 0.27, 0.28, 0.3]
    )
    shape = [
        np.array([0.3 + r * np.cos(a), 0.3 + r * np.sin(a)])
        for r, a in zip(radius, turns, strict=True)
    ]
    centres = [np.array([t.lon, t.lat]) for t in TOWNSHIPS]
    rings = []
    for i, centre in enumerate(centres):
        cell = shape
        for j, other in enumerate(centres):
            if i != j:
                cell = _clip(cell, (centre + other) / 2, other - centre)
        bent = [p for a, b in zip(cell, [*cell[1:], cell[0]], strict=True) for p in _bend(a, b, 4)]
        bent.append(bent[0])
        rings.append([[round(float(x), 5), round(float(y), 5)] for x, y in bent])
    return rings


def geojson() -> str:
    """regions.geojson: a feature per township, its villages listed in the properties."""
    every = villages()
    features = [
        {
            "type": "Feature",
            "id": township_code(t),
            "properties": {
                "code": township_code(t),
                "name_zh": town.name_zh,
                "name_en": town.name_en,
                "level": "township",
                "urban_rural": "urban" if town.urban >= 0.5 else "rural",
                "villages": [
                    {"code": v.code, "name_zh": v.name_zh, "name_en": v.name_en}
                    for v in every
                    if v.township == t
                ],
            },
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for t, (town, ring) in enumerate(zip(TOWNSHIPS, outlines(), strict=True))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


# A township that the invented county merged long before its files begin: its code stays in the
# region table, and letters and old lists that still write it are understood.
MERGED_ZH, MERGED_EN, MERGED_ON = "旧桥乡", "Jiuqiao Township", "2018-07-01"
_MERGED_INTO = 3  # 石桥镇


def region_table() -> str:
    """regions.csv: province, city, county, townships and villages with their dates."""
    rows = [
        ("99", "虚构省", "", "Invented Province", "", "", "", ""),
        (REGION[:4], "虚构市", "99", "Invented City", "", "", "", ""),
        (REGION, COUNTY_ZH, REGION[:4], COUNTY_EN, "", "", "", ""),
        *_merged_township(),
    ]
    for t, town in enumerate(TOWNSHIPS):
        side = "urban" if town.urban >= 0.5 else "rural"
        rows.append((township_code(t), town.name_zh, REGION, town.name_en, side, "", "", ""))
    for village in villages():
        town_of = township_code(village.township)
        rows.append((village.code, village.name_zh, town_of, village.name_en, "", "", "", ""))
    header = ("code", "name", "parent", "name_en", "urban_rural", "valid_from", "valid_to",
              "became")  # fmt: skip
    return "".join(",".join(row) + "\n" for row in (header, *sorted(rows)))


def _merged_township() -> list[tuple[str, ...]]:
    """The merged township and two villages of it, each with what it became."""
    code, into = f"{REGION}{101 + len(TOWNSHIPS)}", township_code(_MERGED_INTO)
    rows: list[tuple[str, ...]] = [
        (code, MERGED_ZH, REGION, MERGED_EN, "rural", "", MERGED_ON, into)
    ]
    rural = [v for v in villages() if v.township == _MERGED_INTO and not v.urban][:2]
    for number, village in enumerate(rural, start=201):
        about = (village.name_zh, code, village.name_en, "", "", MERGED_ON, village.code)
        rows.append((f"{code}{number}", *about))
    return rows
