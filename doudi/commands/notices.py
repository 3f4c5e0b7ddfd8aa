"""`doudi notices`: the daily digest to WeCom, DingTalk, Feishu, e-mail or a webhook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import show

app = typer.Typer(
    help="A digest in numbers, once a working day; off until switched on.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="The channel's name.")]


@app.command()
def send(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Send what is due today; running it again sends nothing twice. For a timer."""
    from services import operator

    done = operator.send_notices(str(home_of(home).root))
    rows = [_row(one) for one in done]
    if as_json:
        print_json(rows)
    elif rows:
        _table("notices", rows)
    else:
        console.print("nothing to send: off, a day off, sent already, or no work is waiting")


@app.command()
def status(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Channels (without their addresses) and what became of the newest notices."""
    from services import operator

    found = operator.notices(str(home_of(home).root))
    channels = [
        {"channel": one.name, "service": kind.en}
        | {"for": one.account or ":".join(filter(None, (one.role, one.area, one.department)))}
        for one, kind in zip(found.channels, found.services, strict=True)
    ]
    newest = [_row(one) for one in found.newest]
    if as_json:
        told = {"on": found.on, "link": found.link, "kept_in": found.kept_in}
        print_json(told | {"channels": channels, "newest": newest})
        return
    console.print(f"notices are {'on' if found.on else 'off'}; kept in {found.kept_in}")
    _table("channels", channels)
    _table("newest", newest)


@app.command(name="test")
def try_out(name: Name, home: HomeDir = Path()) -> None:
    """Send one channel a message without numbers."""
    from services import operator
    from services.notices import NoticeError

    problem = operator.try_notice(str(home_of(home).root), name)
    if problem:
        raise NoticeError(f"“{name}”未收下：{problem}", f"'{name}' did not take it: {problem}")
    console.print(f"'{name}' took it")


@app.command()
def add(
    name: Name,
    account: Annotated[str, typer.Option(help="Whose own digest goes there.")] = "",
    role: Annotated[str, typer.Option(help="Or that of a role, such as dispatcher.")] = "",
    area: Annotated[str, typer.Option(help="The role's area, a township or village.")] = "",
    department: Annotated[str, typer.Option(help="The role's department.")] = "",
    home: HomeDir = Path(),
) -> None:
    """Add a channel; its address (a secret) is asked for, or read from standard input."""
    from services import operator
    from services.notices import Channel

    asks = sys.stdin.isatty()
    url = typer.prompt("Address", hide_input=True) if asks else sys.stdin.readline()
    channel = Channel(name, url.strip(), account, role, area, department)
    operator.set_notice(str(home_of(home).root), channel)


@app.command()
def remove(name: Name, home: HomeDir = Path()) -> None:
    """Take a channel away."""
    from services import operator

    operator.remove_notice(str(home_of(home).root), name)


@app.command()
def on(
    link: Annotated[str, typer.Option(help="Where the pages are, https://…")] = "",
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    home: HomeDir = Path(),
) -> None:
    """Switch notices on."""
    from services import operator

    operator.switch_notices(str(home_of(home).root), True, link, language)


@app.command()
def off(home: HomeDir = Path()) -> None:
    """Switch notices off."""
    from services import operator

    operator.switch_notices(str(home_of(home).root), False)


def _row(one: Any) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "day": one.day.isoformat(),
        "state": one.state.value,
        "tries": one.tries,
        "next": f"{one.next_at:%H:%M}" if one.next_at and one.state == "waiting" else "",
        "problem": one.problem,
    }


def _table(title: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns = list(rows[0])
        show(title, columns, [[row[c] for c in columns] for row in rows], text=len(columns))
