"""Invented people: names from common characters, identity numbers nobody holds.

The address code of every identity number starts with 99, which is assigned to no region.
"""

from __future__ import annotations

import numpy as np

from simulator.world.luck import Luck
from simulator.world.state import Columns

SURNAMES = np.array(list(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
))  # fmt: skip
MEN = "伟强磊军洋勇杰涛超明刚平辉鹏华飞波斌宇浩凯健俊建峰志文国林海东亮成龙春生德福贵有庆祥云山"
WOMEN = "芳娜敏静丽艳娟霞秀玲桂英红梅燕萍莉雪慧琴兰凤洁珍香月菊莲翠云爱素春花婷倩雨欣怡佳琳瑶"
MIDDLE = "小晓志文国建家永玉春明金德海光新正世仁学"


def _given(pool: str) -> np.ndarray:
    """One-character names first, then middle + last."""
    return np.array(list(pool) + [m + c for m in MIDDLE for c in pool if m != c])


GIVEN = (_given(WOMEN), _given(MEN))  # by sex: 0 woman, 1 man
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK = np.array(list("10X98765432"))


def draw(seed: int, people: Columns, household_keys: np.ndarray) -> None:
    """Give everyone a surname (the household's), a given name and a phone number, for good."""
    luck = Luck(seed, 0, "names")
    share = 1 / (np.arange(len(SURNAMES)) + 6.0)
    every = range(len(SURNAMES))
    own = luck.choice(people.key, every, p=share)
    of_home = luck.choice(household_keys[people.hh], every, p=share)
    # Spouses and in-laws keep their own surname.
    keeps = np.isin(people.relation, (1, 6))
    people.surname = np.where(keeps, own, of_home)
    pool = np.where(people.sex == 1, len(GIVEN[1]), len(GIVEN[0]))
    people.given = luck.integers(people.key, 0, pool)
    people.phone = luck.integers(people.key, 10_000_000, 100_000_000)


def full_names(people: Columns, rows: np.ndarray) -> np.ndarray:
    """Names of the persons in `rows`."""
    sex = people.sex[rows]
    given = np.where(
        sex == 1,
        GIVEN[1][np.minimum(people.given[rows], len(GIVEN[1]) - 1)],
        GIVEN[0][np.minimum(people.given[rows], len(GIVEN[0]) - 1)],
    )
    return np.char.add(SURNAMES[people.surname[rows]], given)


def padded(numbers: np.ndarray, width: int) -> np.ndarray:
    """Whole numbers as text with leading zeros (numpy's zfill refuses empty arrays)."""
    numbers = np.asarray(numbers, dtype="i8")
    if not len(numbers):
        return np.empty(0, f"U{width}")
    text = (numbers + 10**width).astype(f"U{width + 1}").view("U1").reshape(-1, width + 1)
    return np.ascontiguousarray(text[:, 1:]).view(f"U{width}").ravel()


def sequence(people: Columns) -> np.ndarray:
    """Three-digit order number: unique per address code, birth day and sex; odd for men."""
    order = np.lexsort((people.sex, people.born, people.region))
    keys = np.stack([people.region[order], people.born[order], people.sex[order]])
    new = np.r_[True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)]
    starts = np.flatnonzero(new)
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    result = np.empty(len(order), dtype="i2")
    result[order] = rank * 2 + np.where(people.sex[order] == 1, 1, 2)
    return result


def check_character(first17: np.ndarray) -> np.ndarray:
    """GB 11643 check character of 17-digit strings."""
    digits = first17.astype("U17").view("U1").reshape(-1, 17).view("u4").reshape(-1, 17) - 48
    return CHECK[(digits.astype("i4") @ WEIGHTS) % 11]


def identity_numbers(people: Columns, rows: np.ndarray) -> np.ndarray:
    """18-character identity numbers of the persons in `rows`, with valid check characters."""
    born = people.born[rows].astype("datetime64[D]")
    digits = np.char.replace(born.astype("U10"), "-", "")
    seq = padded(people.seq[rows], 3)
    first17 = np.char.add(np.char.add(people.region[rows].astype("U6"), digits), seq)
    return np.char.add(first17, check_character(first17))


def phones(people: Columns, rows: np.ndarray) -> np.ndarray:
    """Mobile numbers in a range (100...) that no network uses."""
    return np.char.add("100", people.phone[rows].astype("U8"))
