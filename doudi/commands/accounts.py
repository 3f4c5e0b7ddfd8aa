"""`doudi accounts`: the first administrator, and the way back when nobody can sign in any more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.words import Worded
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import show

app = typer.Typer(
    help="Who can sign in. The rest is done on the page of accounts.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="Account: lower-case letters and digits.")]


@app.command()
def first(
    name: Name,
    display: Annotated[str, typer.Option("--name", help="The person's name.")],
    home: HomeDir = Path(),
) -> None:
    """Make the first administrator of a home that has no account yet; prints the password once."""
    from services import operator

    password = operator.first_administrator(str(home_of(home).root), name, display)
    console.print(f"Account {name} was made. Password for the first sign-in, shown only now:")
    console.print(password, highlight=False)


@app.command()
def reset(name: Name, home: HomeDir = Path()) -> None:
    """Give an account a new password and let it sign in again; prints the password once."""
    from services import operator

    password = operator.reset_password(str(home_of(home).root), name)
    console.print(f"New password of {name} for the next sign-in, shown only now:")
    console.print(password, highlight=False)


@app.command(name="list")
def list_accounts(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Every account with its roles and areas."""
    from services import operator

    cards = operator.accounts(str(home_of(home).root))
    rows: list[dict[str, Any]] = [
        {
            "account": card.name,
            "unit": card.unit,
            "roles": [
                ":".join(filter(None, (g.role.value, g.area.code, g.area.department)))
                for g in card.grants
            ],
            "disabled": card.disabled,
        }
        for card in cards
    ]
    if as_json:
        print_json({"accounts": rows})
        return
    show(
        "accounts",
        ["account", "unit", "roles", "disabled"],
        [
            [card["account"], card["unit"], "; ".join(card["roles"]), card["disabled"]]
            for card in rows
        ],
        text=4,
    )


@app.command()
def token(
    name: Name,
    system: Annotated[str, typer.Option("--system", help="What the other system is called.")],
    scope: Annotated[list[str], typer.Option("--scope", help="What it may do; repeatable.")],
    role: Annotated[
        str, typer.Option("--role", help="Role of its account, where that is new.")
    ] = "",
    area: Annotated[
        str, typer.Option("--area", help="Township or village of the role; all of it if left out.")
    ] = "",
    days: Annotated[int, typer.Option("--days", help="How long it lasts, at most 365.")] = 365,
    home: HomeDir = Path(),
) -> None:
    """Make a token with which another system calls the interface; prints it once."""
    from core.access.areas import Area
    from core.access.principal import Grant
    from core.access.roles import Action, Role
    from services import operator

    scopes = [Action(_one_of(one, Action)) for one in scope]
    grants = [Grant(Role(_one_of(role, Role)), Area(area))] if role else []
    drawn = operator.make_token(str(home_of(home).root), name, system, scopes, grants, days)
    console.print(f"Token {drawn.id} for {name}, shown only now:")
    typer.echo(drawn.text)


def _one_of(code: str, words: type[Worded]) -> str:
    """The code, if it is one of the words. Raises a usage error that lists them."""
    known = [word.value for word in words]
    if code not in known:
        raise typer.BadParameter(f"'{code}' is none of: {', '.join(known)}")
    return code


@app.command()
def tokens(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Every token: whose it is, what it may do, until when."""
    from services import operator

    rows: list[dict[str, Any]] = [
        {
            "token": one.id,
            "account": one.account,
            "system": one.system,
            "scopes": [scope.value for scope in one.scopes],
            "expires": f"{one.expires_at:%Y-%m-%d}",
            "last_used": f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else None,
            "holds": one.holds,
        }
        for one in operator.issued_tokens(str(home_of(home).root))
    ]
    if as_json:
        print_json({"tokens": rows})
        return
    columns = ["token", "account", "system", "scopes", "expires", "last_used", "holds"]
    table = [[row[c] if c != "scopes" else ", ".join(row[c]) for c in columns] for row in rows]
    show("tokens", columns, table, text=7)


@app.command()
def withdraw(
    token_id: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id, as 'tokens' lists it.")],
    home: HomeDir = Path(),
) -> None:
    """End a token: the next call with it is refused."""
    from services import operator

    operator.withdraw_token(str(home_of(home).root), token_id)
    console.print(f"Token {token_id} is withdrawn.")
