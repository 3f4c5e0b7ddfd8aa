"""The panel's cities as townships of an invented county, with a schematic map of square tiles."""

from __future__ import annotations

from typing import Any

REGION = "990032"  # no real county: 99 is unassigned, 032 is Argentina in ISO 3166

# code: (Chinese, English, column, row) of the tile; rows run from north to south.
CITIES: dict[int, tuple[str, str, int, int]] = {
    19: ("胡胡伊", "Jujuy", 1, 0),
    23: ("萨尔塔", "Salta", 2, 0),
    15: ("福莫萨", "Formosa", 4, 0),
    7: ("波萨达斯", "Posadas", 6, 1),
    29: ("图库曼", "Tucumán", 2, 1),
    18: ("圣地亚哥-德尔埃斯特罗", "Santiago del Estero", 3, 1),
    8: ("雷西斯滕西亚", "Resistencia", 4, 1),
    12: ("科连特斯", "Corrientes", 5, 1),
    22: ("卡塔马卡", "Catamarca", 2, 2),
    25: ("拉里奥哈", "La Rioja", 1, 2),
    5: ("圣菲", "Santa Fe", 4, 2),
    6: ("巴拉那", "Paraná", 5, 2),
    14: ("康科迪亚", "Concordia", 6, 2),
    27: ("圣胡安", "San Juan", 1, 3),
    13: ("科尔多瓦", "Córdoba", 3, 3),
    4: ("罗萨里奥", "Rosario", 4, 3),
    38: ("圣尼古拉斯", "San Nicolás", 5, 3),
    10: ("门多萨", "Mendoza", 1, 4),
    26: ("圣路易斯", "San Luis", 2, 4),
    36: ("里奥夸尔托", "Río Cuarto", 3, 4),
    33: ("大布宜诺斯艾利斯郊区", "Greater Buenos Aires", 5, 4),
    32: ("布宜诺斯艾利斯市", "Buenos Aires", 6, 4),
    30: ("圣罗莎", "Santa Rosa", 3, 5),
    2: ("拉普拉塔", "La Plata", 6, 5),
    17: ("内乌肯", "Neuquén", 2, 6),
    3: ("布兰卡港", "Bahía Blanca", 4, 6),
    34: ("马德普拉塔", "Mar del Plata", 6, 6),
    93: ("别德马", "Viedma", 4, 7),
    91: ("罗森-特雷利乌", "Rawson-Trelew", 3, 8),
    9: ("里瓦达维亚海军准将城", "Comodoro Rivadavia", 3, 9),
    20: ("里奥加耶戈斯", "Río Gallegos", 2, 10),
    31: ("乌斯怀亚-里奥格兰德", "Ushuaia-Río Grande", 3, 11),
}
TILE = 1.0  # degrees; the map shows neighbours, not distances
WEST, NORTH, GAP = -70.0, -22.0, 0.06
SPARE_ROW = 13


def township_code(city: int) -> str:
    """Nine-digit township code of a city of the panel."""
    return f"{REGION}{city:03d}"


def regions_geojson(found: list[int]) -> dict[str, Any]:
    """All cities, and any city number in `found` that is new, as square tiles."""
    known = {code: (zh, en, column, row) for code, (zh, en, column, row) in CITIES.items()}
    for place, code in enumerate(sorted(set(found) - set(CITIES))):
        known[code] = (f"城市{code}", f"City {code}", place % 8, SPARE_ROW + place // 8)
    return {
        "type": "FeatureCollection",
        "features": [_tile(code, *about) for code, about in sorted(known.items())],
    }


def _tile(code: int, zh: str, en: str, column: int, row: int) -> dict[str, Any]:
    west, north = WEST + column * TILE + GAP, NORTH - row * TILE - GAP
    east, south = west + TILE - 2 * GAP, north - TILE + 2 * GAP
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {
            "code": township_code(code),
            "name_zh": zh,
            "name_en": en,
            "level": "township",
            "urban_rural": "urban",
            "villages": [],
        },
        "geometry": {"type": "Polygon", "coordinates": [[[round(v, 2) for v in p] for p in ring]]},
    }
