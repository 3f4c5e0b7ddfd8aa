"""Half a claims file and a recession in an invented county are told, and a calm one is quiet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.home import Home, add_months, month_end
from core.keys import scratch_key
from data.deliveries.decisions import decide
from data.ingest import ingest_directory
from data.lake import Lake
from features.catalogue import model_features
from features.profile import write_profile
from models.risk.watching.flows import flows
from models.risk.watching.report import compared, judged_month
from models.risk.watching.verdict import Verdict, judge
from models.risk.watching.volumes import volumes
from simulator.world.county import simulate

pytestmark = pytest.mark.slow
HOUSEHOLDS, LAST = 1_500, month_end("2026-06")
TAUGHT = [add_months(LAST, -back) for back in (24, 20, 17)]
NAMES = [f.name for f in model_features() if f.level == "household"]


def county(
    root: Path, setting: str, spoil: Callable[[Path], None] = lambda incoming: None
) -> Verdict:
    """Three years of a county's files, `spoil`ed before they are taken in; the last month judged
    against months of the second year."""
    home = Home(root)
    simulate(home, households=HOUSEHOLDS, months=36, seed=31, setting=setting,
             end=f"{LAST:%Y-%m}")  # fmt: skip
    spoil(home.incoming)
    ingest_directory(home, home.incoming)
    for month in [*TAUGHT, add_months(LAST, -12), LAST]:
        write_profile(home, month)
    return again(home)


def again(home: Home) -> Verdict:
    """The last month judged as things stand."""
    found: Verdict = judged_month(home, LAST, compared(home, LAST, TAUGHT, NAMES))["verdict"]
    return found


def halved(incoming: Path) -> None:
    """The last month's claims end after the first two fifths of their rows."""
    (file,) = incoming.rglob(f"医保结算_{LAST:%Y%m}_*.csv")
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join(lines[: len(lines) * 2 // 5]) + b"\n")


@pytest.fixture
def place(tmp_path: Path):
    with scratch_key(tmp_path):
        yield tmp_path / "county"


def test_a_calm_county_is_quiet(place: Path) -> None:
    assert county(place, "calm").kind == "quiet"


def test_half_a_claims_file_waits_and_is_a_broken_feed_when_it_is_let_in(place: Path) -> None:
    found = county(place, "calm", halved)
    assert (found.kind, dict(found.feeds)) == ("feed", {"medical_claims": "waiting"})
    home = Home(place)
    (half,) = [b for b in Lake(home).batches() if b.waits]
    decide(home, half.feed, half.batch, "full", half.delivered_on)
    write_profile(home, LAST)
    found = again(home)
    assert (found.kind, dict(found.feeds)) == ("feed", {"medical_claims": "short"})


# A recession begins 20 months into the files. Jobs are lost by few: of four counties of this size
# two were deep enough in it to be told, this one nine months after its start (decision 0042).
DEEP = 42


def told(root: Path, setting: str) -> Verdict:
    """The last month judged by deliveries and events alone, of the files that tell of events."""
    home = Home(root)
    simulate(home, households=HOUSEHOLDS, months=36, seed=DEEP, setting=setting,
             end=f"{LAST:%Y-%m}")  # fmt: skip
    for file in home.incoming.rglob("*_*"):
        if not file.name.startswith(("社保就业失业", "医保结算", "死亡殡葬", "残疾人证")):
            file.unlink()
    ingest_directory(home, home.incoming)
    lake = Lake(home)
    return judge(volumes(lake, LAST), [], {}, flows(lake, LAST))


def test_a_recession_is_a_changed_world(place: Path) -> None:
    found = told(place, "recession")
    assert (found.kind, found.moved_feeds) == ("world", ("employment",))
    assert "停保" in found.words.zh


def test_without_a_recession_the_same_county_is_quiet(place: Path) -> None:
    assert told(place, "calm").kind == "quiet"
