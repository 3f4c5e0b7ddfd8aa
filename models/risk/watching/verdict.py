"""A broken feed told apart from a changed world.

A department that sends half a file moves the features of its own feed, and its deliveries show
it: fewer rows than usual, silence, many rows refused, values that became unknown. A changed world
moves features of several departments at once while all of them deliver as ever, and it has a
direction: for features of which the catalogue is certain which way is worse, most of what moved
went the same way. Or it makes several kinds of events more or less frequent in a file that is whole
(see `flows`): a cut-off file loses all its kinds, and is short. Neither is proof; the words say
what to look at first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.words import Text
from models.risk.watching.flows import SPAN, Flow
from models.risk.watching.shift import UNKNOWN_MOVED, Shift
from models.risk.watching.volumes import Volume

# So many feeds must have moved before one speaks of the world, each by two features and a tenth
# of its own: single features move for reasons of their own (days since an event grow with the
# history that the lake holds).
FEEDS_MOVED = 2
FEATURES_MOVED, SHARE_MOVED = 2, 0.10
# One kind of record may be written down in another way from one month to the next; two kinds of
# a file that leave all their past at once say that something happens.
KINDS_MOVED = 2
# Share of a feed's features that became unknown.
GONE = 0.25
# Of the features with a certain direction, the share that went the same way.
SAME_WAY = 0.75


@dataclass(frozen=True)
class Moved:
    """What has moved of one feed's features: names of all compared, of those that moved, of those
    that became unknown; `worse` and `better` among the moved with a certain direction."""

    feed: str
    compared: int
    moved: tuple[str, ...]
    gone: tuple[str, ...]
    worse: int
    better: int

    @property
    def fault(self) -> str | None:
        """'unknown' when many of the feed's features lost their values."""
        return "unknown" if self.compared and len(self.gone) >= GONE * self.compared else None


@dataclass(frozen=True)
class Verdict:
    """`kind`: 'quiet', 'feed', 'world' or 'both'. `feeds`: the faulty ones with their faults.

    `moved_feeds`: sound feeds whose features or kinds of records moved. `direction`: 'worse',
    'better' or None.
    """

    kind: str
    feeds: Mapping[str, str]
    moved_feeds: tuple[str, ...]
    direction: str | None
    words: Text

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the report."""
        return {
            "kind": self.kind,
            "feeds": dict(self.feeds),
            "moved_feeds": list(self.moved_feeds),
            "direction": self.direction,
            "zh": self.words.zh,
            "en": self.words.en,
        }


def by_feed(
    shifts: Iterable[Shift], feeds: Mapping[str, Sequence[str]], signs: Mapping[str, int]
) -> list[Moved]:
    """The shifts of one group by feed; a feature of several feeds counts for each of them.

    `signs`: +1 where more never lowers the risk, -1 where more never raises it, else 0.
    """
    found: dict[str, list[Shift]] = {}
    for one in shifts:
        for feed in feeds.get(one.feature, ()):
            found.setdefault(feed, []).append(one)
    return [_moved(feed, own, signs) for feed, own in sorted(found.items())]


def _moved(feed: str, shifts: Sequence[Shift], signs: Mapping[str, int]) -> Moved:
    moved = [s for s in shifts if s.size != "none"]
    ways = [signs.get(s.feature, 0) * (s.delta or 0.0) for s in moved]
    gone = tuple(s.feature for s in shifts if s.unknown >= UNKNOWN_MOVED)
    return Moved(
        feed,
        len(shifts),
        tuple(s.feature for s in moved),
        gone,
        sum(way > 0 for way in ways),
        sum(way < 0 for way in ways),
    )


def judge(
    volumes: Iterable[Volume],
    moved: Sequence[Moved],
    names: Mapping[str, Text],
    flows: Iterable[Flow] = (),
) -> Verdict:
    """What has happened, from deliveries, features and the frequency of events together; `names`
    are the feeds' in words."""
    faults = {v.feed: v.fault for v in volumes if v.fault}
    faults |= {m.feed: m.fault for m in moved if m.fault and m.feed not in faults}
    often = list(flows)
    faults |= {feed: "short" for feed in _thin(often) if feed not in faults}
    sound = [m for m in moved if m.moved and m.feed not in faults]
    # A feature built from several feeds moves with the broken one: only feeds that also have a
    # moved feature of their own count.
    broken = {name for m in moved if m.feed in faults for name in m.moved}
    own = [m for m in sound if _has_moved(m, broken)]
    kinds = {(True, True): "both", (True, False): "feed", (False, True): "world"}
    several = own if len(own) >= FEEDS_MOVED else []
    events = _events([f for f in often if f.moved and f.feed not in faults])
    kind = kinds.get((bool(faults), bool(several or events)), "quiet")
    direction = _direction(several) if several else None
    words = _words(kind, faults, [m.feed for m in several], direction, names, events)
    moved_feeds = dict.fromkeys([*(m.feed for m in own), *(f.feed for f in events)])
    return Verdict(kind, faults, tuple(moved_feeds), direction, words)


def _thin(flows: Sequence[Flow]) -> list[str]:
    """Feeds whose most usual kind of record has become rare: a file that has been short for months,
    so that no delivery before it shows it any more."""
    most: dict[str, Flow] = {}
    for one in flows:
        most[one.feed] = max(most.get(one.feed, one), one, key=lambda f: f.usual)
    return [one.feed for one in most.values() if one.moved and one.change < 0]


def _events(moved: Sequence[Flow]) -> list[Flow]:
    """Moved kinds of records, of files in which so many moved that it is no way of writing."""
    files = [one.feed for one in moved]
    return [one for one in moved if files.count(one.feed) >= KINDS_MOVED]


def _has_moved(moved: Moved, broken: set[str]) -> bool:
    alone = len(set(moved.moved) - broken)
    return alone >= max(FEATURES_MOVED, SHARE_MOVED * moved.compared)


def _direction(moved: Sequence[Moved]) -> str | None:
    worse, better = sum(m.worse for m in moved), sum(m.better for m in moved)
    if not worse + better:
        return None
    if worse >= SAME_WAY * (worse + better):
        return "worse"
    return "better" if better >= SAME_WAY * (worse + better) else None


FAULTS = {
    "waiting": Text(
        "有报送等待确认、未计入", "has a delivery that waits for a decision, uncounted"
    ),
    "silent": Text("停报", "is silent"),
    "short": Text("报送量明显偏少", "delivered far fewer rows than usual"),
    "refused": Text("退回更正的数据增多", "has many more rows refused than usual"),
    "unknown": Text("许多指标变为未知", "lost the values of many features"),
}


def _words(
    kind: str,
    faults: Mapping[str, str],
    moved: Sequence[str],
    direction: str | None,
    names: Mapping[str, Text],
    events: Sequence[Flow],
) -> Text:
    parts = []
    if kind in ("feed", "both"):
        zh = "；".join(f"{_name(names, f).zh}{FAULTS[w].zh}" for f, w in faults.items())
        en = "; ".join(f"{_name(names, f).en} {FAULTS[w].en}" for f, w in faults.items())
        parts.append(
            Text(
                f"数据有问题：{zh}。请先与报送部门核实，补齐之前不要重新训练模型。",
                f"A feed is broken: {en}. Ask the department first, and do not retrain before "
                "the data is whole.",
            )
        )
    if events:
        parts.append(_told(events))
    if moved:
        way = {"worse": Text("多数向更困难变化", "most of it for the worse"),
               "better": Text("多数向好变化", "most of it for the better")}  # fmt: skip
        told = way.get(direction or "", Text("方向不一", "in no single direction"))
        zh = "、".join(_name(names, f).zh for f in moved)
        en = ", ".join(_name(names, f).en for f in moved)
        parts.append(
            Text(
                f"多个部门的数据同时变化（{zh}），{told.zh}，而报送正常：更可能是县里情况变了。"
                "请核对新核查结果后再考虑重新训练。",
                f"Data of several departments moved at once ({en}), {told.en}, while all deliver "
                "as usual: the county itself has rather changed. See what new visits find, then "
                "think of retraining.",
            )
        )
    if not parts:
        parts.append(
            Text("数据与模型学习时相比没有明显变化。", "Nothing has moved enough to matter.")
        )
    return Text("".join(p.zh for p in parts), " ".join(p.en for p in parts))


def _told(events: Sequence[Flow]) -> Text:
    zh = "；".join(f"{f.words.zh} {f.rows} 条（通常 {f.usual:.0f} 条）" for f in events)
    en = "; ".join(f"{f.words.en}: {f.rows}, usually {f.usual:.0f}" for f in events)
    return Text(
        f"报送正常，但近 {SPAN} 个月的情况与以往明显不同（{zh}）：更可能是县里情况变了。"
        "请核对新核查结果后再考虑重新训练。",
        f"In whole deliveries some records are far from usual over {SPAN} months ({en}): the "
        "county itself has rather changed. See what new visits find, then think of retraining.",
    )


def _name(names: Mapping[str, Text], feed: str) -> Text:
    return names.get(feed, Text(feed, feed))
