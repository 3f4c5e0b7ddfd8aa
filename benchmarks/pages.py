"""Time the dashboard's pages for one person and for several at once, as the server sees them.

python benchmarks/pages.py --home DIR [--people 10] [--pause 5]

The county must be a synthetic one: people sign in at a click through the door's page, every second
one as its leader, the others as a township worker, and open the pages of their role. Every person
has a connection of their own to one server and opens page after page, as a browser asks for them; a
page counts from the request to the last word of its answer, `phone` is the list that a phone loads.
What a browser then needs to draw it is not in these figures. How busy the machine was is printed
before and after: other work beside makes every figure longer, but for `cpu s`, the seconds of a
processor that the server spent on a page while one person alone asked for it (on Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from alerts.queries import AlertFilter, list_alerts
from core.db import open_session
from core.home import Home, month_end

ROOT = Path(__file__).resolve().parents[1]
PHONE = "phone"
PAGES = {
    "leader": (
        "overview",
        "alerts",
        "household",
        "precision",
        "supervision",
        "model",
        "data",
    ),
    "township_worker": ("tasks", PHONE, "alerts", "reporting"),
}
ALL = tuple(dict.fromkeys(page for pages in PAGES.values() for page in pages))
LARGEST = 2**26  # bytes of one message
PATIENCE = 600  # seconds; on a busy machine even saying hello takes long
HOUSEHOLDS = 200  # different families that people open


class Opened(NamedTuple):
    """One page that somebody opened: seconds from request to end, bytes of the answer, and seconds
    of a processor where they were counted."""

    page: str
    seconds: float
    size: int
    cpu: float | None = None


@contextmanager
def serving(home: Path) -> Iterator[tuple[int, int]]:
    """The dashboard of a home on a free port, in a process of its own; the port and the process."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    command += ["--server.port", str(port), "--server.address", "localhost"]
    environment = {**os.environ, "DOUDI_HOME": str(home)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_health(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_health(port: int) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the dashboard did not start")


def cpu_of(process: int) -> float | None:
    """Seconds of a processor that a process has had; None where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def sign_in(port: int, role: str) -> str:
    """Come in in a role of the invented county; the cookies of that browser as a header."""
    held = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(held))
    door = f"http://localhost:{port}/door"
    with browser.open(f"{door}/sign-in") as answer:
        field = re.search(r'name="form" value="([^"]+)"', answer.read().decode("utf-8"))
    if field is None:
        raise SystemExit("the sign-in page has no form")
    sent = urlencode({"form": field[1], "role": role})
    browser.open(f"{door}/demo", sent.encode()).close()
    cookies = {cookie.name: cookie.value for cookie in held}
    if "doudi_session" not in cookies:
        raise SystemExit("nobody was signed in; is this home a synthetic county?")
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def open_page(server: ClientConnection, page: str, query: dict[str, str]) -> Opened:
    """Ask for one page and read its answer to the end. Raises SystemExit when it breaks."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = urlencode(query)
    started, size = time.perf_counter(), 0
    await server.send(asked.SerializeToString())
    while True:
        content = await server.recv()
        size += len(content)
        told = ForwardMsg()
        told.ParseFromString(content if isinstance(content, bytes) else content.encode())
        kind = told.WhichOneof("type")
        if kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
            raise SystemExit(f"{page}: {told.delta.new_element.exception.message}")
        if kind == "script_finished" and (told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY):
            return Opened(page, time.perf_counter() - started, size)


def load_list(port: int, cookies: str) -> Opened:
    """Ask for the list of tasks as a phone does."""
    asked = urllib.request.Request(
        f"http://localhost:{port}/phone/list", headers={"Cookie": cookies}
    )
    started = time.perf_counter()
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 (our own address)
        size = len(answer.read())
    return Opened(PHONE, time.perf_counter() - started, size)


def role_of(number: int) -> str:
    """Every second person is a leader, the others visit."""
    return list(PAGES)[number % len(PAGES)]


async def person(
    port: int,
    number: int,
    rounds: int,
    pause: float,
    families: list[str],
    month: str,
    alone: int | None = None,
) -> list[Opened]:
    """One person opens every page of their role `rounds` times, in an order of their own, and reads
    between. `alone`: the server's process, while nobody else asks it for anything."""
    luck = random.Random(number)  # noqa: S311 (no secret)
    done = []
    pages = PAGES[role_of(number)]
    cookies = await asyncio.to_thread(sign_in, port, role_of(number))
    async with connect(
        f"ws://localhost:{port}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=LARGEST,
        open_timeout=PATIENCE,
        ping_interval=None,
        origin=f"http://localhost:{port}",  # type: ignore[arg-type]
        additional_headers={"Cookie": cookies},
    ) as server:
        for _ in range(rounds):
            for page in luck.sample(pages, len(pages)):
                await asyncio.sleep(pause * luck.uniform(0.5, 1.5))
                before = cpu_of(alone) if alone else None
                query = {"lang": luck.choice(("zh", "en")), "month": month}
                if page == "household":
                    query["household"] = luck.choice(families)
                if page == PHONE:
                    opened = await asyncio.to_thread(load_list, port, cookies)
                else:
                    opened = await open_page(server, page, query)
                after = cpu_of(alone) if alone else None
                cpu = None if before is None or after is None else after - before
                done.append(opened._replace(cpu=cpu))
    return done


async def _together(port: int, people: int, first: int, **walk: object) -> list[Opened]:
    walks = [person(port, first + number, **walk) for number in range(people)]  # type: ignore[arg-type]
    return [opened for walk_done in await asyncio.gather(*walks) for opened in walk_done]


def table(done: list[Opened]) -> str:
    """Seconds (median and 95th of a hundred) and size by page, and over all."""
    by_page = defaultdict(list)
    for opened in done:
        by_page[opened.page].append(opened)
    lines = [f"  {'page':11} {'n':>4} {'median s':>9} {'p95 s':>7} {'cpu s':>7} {'kB':>7}"]
    for page in (*ALL, "all"):
        some = done if page == "all" else by_page[page]
        if not some:
            continue
        seconds = [opened.seconds for opened in some]
        counted = [opened.cpu for opened in some if opened.cpu is not None]
        cpu = f"{statistics.median(counted):.2f}" if counted else "–"
        size = statistics.median(opened.size for opened in some) / 1000
        lines.append(
            f"  {page:11} {len(some):4} {statistics.median(seconds):9.2f} "
            f"{np.percentile(seconds, 95):7.2f} {cpu:>7} {size:7.0f}"
        )
    return "\n".join(lines)


def busy() -> str:
    """How many programs wanted a processor in the last minute, and how many there are."""
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def families_of(home: Home) -> list[str]:
    """Households with an alert, the most urgent first."""
    with open_session(home) as session:
        found = list_alerts(session, AlertFilter(), size=HOUSEHOLDS).rows
    return list(dict.fromkeys(str(household) for household in found["household"]))


def main() -> None:
    """Print cold pages of the first people, warm ones of one leader and worker, those of many."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, default=Path())
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--pause", type=float, default=5.0, help="Seconds between two pages.")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--reading", action="store_true", help="Not also without any pause.")
    given = parser.parse_args()
    home = Home(given.home.resolve())
    as_of = month_end(home.county["last_as_of"])
    walk = {"families": families_of(home), "month": f"{as_of:%Y-%m}"}
    print(busy())
    with serving(home.root) as (port, process):
        alone = {"rounds": given.rounds, "pause": 0.0, "alone": process, **walk}
        for title, first, rounds in (
            ("the first leader and the first worker after a start", 0, 1),
            ("one leader, then one worker", 2, given.rounds),
        ):
            done = []
            for number in (first, first + 1):
                done += asyncio.run(_together(port, 1, number, **alone | {"rounds": rounds}))
            print(f"{title}\n{table(done)}", flush=True)
        crowds = (given.pause, *([] if given.reading else [0.0])) if given.people > 1 else ()
        for pause in dict.fromkeys(crowds):
            many = asyncio.run(
                _together(port, given.people, 10, rounds=given.rounds, pause=pause, **walk)
            )
            print(f"{given.people} people at once, {pause:g} s between two pages\n{table(many)}")
            print(busy(), flush=True)


if __name__ == "__main__":
    main()
