"""Putting accounts on the screen, and the forms of the administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

import services
from core.access.roles import ALLOWED, OF_A_TOWNSHIP, OF_A_VILLAGE, Action, Role
from core.words import Text
from dashboard.door import oidc_settings
from dashboard.i18n import Say
from dashboard.show import html, said, words
from services import Context
from services.accounts import Area, Card, Grant
from services.vouching import expected

_ONCE, _SUBJECT = "accounts_password", "accounts_new_subject"


def sentence(cards: Sequence[Card], say: Say) -> str:
    """How many accounts there are, and how many are in use."""
    return say(
        "Accounts: {n}; signed in now: {now}; locked after wrong passwords: {locked}; disabled: "
        "{off}.",
        n=len(cards),
        now=sum(card.signed_in > 0 for card in cards),
        locked=sum(card.locked_until is not None for card in cards),
        off=sum(card.disabled for card in cards),
    )


def table(here: Context, cards: Sequence[Card], say: Say) -> str:
    """One row an account, as markup."""
    rows = [
        [
            html.text(card.name),
            html.text(card.display),
            html.text(card.unit or "–"),
            "<br>".join(html.text(grant(here, one, say)) for one in card.grants) or "–",
            html.text(_state(card, say)),
            html.text(f"{card.last_seen:%Y-%m-%d %H:%M}" if card.last_seen else "–"),
        ]
        for card in cards
    ]
    headers = [
        say("Account"),
        say("Name"),
        say("Unit"),
        say("Roles and areas"),
        say("State"),
        say("Last seen"),
    ]
    return html.table(headers, rows, raw=range(6), nowrap=(0, 1, 5))


def _state(card: Card, say: Say) -> str:
    if card.disabled:
        return say("disabled")
    if card.locked_until:
        return say("locked until {time}", time=f"{card.locked_until:%H:%M}")
    if card.is_system:
        return say("another system, calls with tokens")
    if card.must_change:
        return say("first password not changed yet")
    if card.signed_in:
        return say.many("signed in", "signed in on {n} devices", card.signed_in)
    return say("not signed in")


def grant(here: Context, one: Grant, say: Say) -> str:
    """A role and its area in words."""
    return " · ".join([say.label(one.role), *_place(here, one.area, say)])


def _place(here: Context, area: Area, say: Say) -> list[str]:
    codes = [area.township, area.code] if area.is_village else [area.code]
    places = [words.place(here, code, say) for code in codes if code]
    if area.department:
        places.append(say.label(services.names.department(area.department)))
    return [" › ".join(places)] if places else []


def new(here: Context, say: Say) -> None:
    """The form for a new account."""
    left, middle, right = st.columns(3)
    name = left.text_input(say("Account (letters and digits)"), key="accounts_new", max_chars=40)
    display = middle.text_input(say("The person's name"), key="accounts_new_name", max_chars=80)
    unit = right.text_input(say("Unit"), key="accounts_new_unit", max_chars=80)
    given = grant_fields(here, "accounts_new", say)
    lives_in = _lives_in(here, "accounts_new", "", say)
    subject = _subject(say)
    if not st.button(say("Make the account"), key="accounts_new_go", type="primary"):
        return
    if given is None:
        st.warning(say("Choose a role and its area first."))
        return

    def make() -> None:
        password = services.accounts.create(
            here, name, display, [given], unit=unit, lives_in=lives_in, subject=subject
        )
        if password:
            st.session_state[_ONCE] = (name.strip().lower(), password)
        for key in ("accounts_new", "accounts_new_name", "accounts_new_unit", _SUBJECT):
            st.session_state.pop(key, None)

    attempt(make, say("The account {name} was made.", name=name.strip().lower()))


# How the provider knows the person, by what first sign-ins are matched with.
_KNOWN_BY = {
    "": Text("统一账号编号（陌生人登录时页面所示）", "Number of the county's account"),
    "email": Text("统一账号的邮箱", "E-mail address of the county's account"),
    "preferred_username": Text("统一账号的用户名", "User name of the county's account"),
}
_WITHOUT = Text("不填则发放本系统密码", "Leave it empty for a password of this system")


def _subject(say: Say) -> str | None:
    """Whom the provider will vouch for; None for an account with a password of its own."""
    found = oidc_settings.offered()
    if found is None:
        return None
    told = st.text_input(
        say.label(_KNOWN_BY[found.match]),
        key=_SUBJECT,
        max_chars=200,
        help=say.label(_WITHOUT),
    )
    return expected(found.issuer, told, found.match) if told.strip() else None


def password_once(say: Say) -> None:
    """A password that was drawn, shown until the page is drawn again."""
    if _ONCE not in st.session_state:
        return
    name, password = st.session_state.pop(_ONCE)
    told = say(
        "Password of {name} for the first sign-in, shown only now. Hand it over on paper or by "
        "telephone:",
        name=name,
    )
    st.html(html.warning(told))
    st.code(password, language=None)


def change(here: Context, cards: Sequence[Card], say: Say) -> None:
    """Choose an account; change its roles, give a new password, disable or enable it."""
    by_name = {card.name: card for card in cards if card.name != here.principal.account}
    chosen = st.selectbox(
        say("Account"),
        list(by_name),
        index=None,
        placeholder=say("choose"),
        format_func=lambda name: f"{name} · {by_name[name].display}",
        key="accounts_which",
    )
    if chosen is None:
        st.caption(say("Your own account can only be changed by another administrator."))
        return
    card = by_name[chosen]
    _roles(here, card, say)
    _steps(here, card, say)


def _roles(here: Context, card: Card, say: Say) -> None:
    key = f"accounts_{card.name}"
    left, right = st.columns(2)
    display = left.text_input(
        say("The person's name"), card.display, key=f"{key}_name", max_chars=80
    )
    unit = right.text_input(say("Unit"), card.unit, key=f"{key}_unit", max_chars=80)
    kept = st.multiselect(
        say("Roles and areas to keep"),
        list(card.grants),
        list(card.grants),
        format_func=lambda one: grant(here, one, say),
        key=f"{key}_kept_{len(card.grants)}",
        placeholder=say("none"),
    )
    more = None
    if st.checkbox(say("Add a role"), key=f"{key}_more"):
        more = grant_fields(here, f"{key}_added", say)
    lives_in = _lives_in(here, key, card.lives_in, say)
    if not st.button(say("Save"), key=f"{key}_save", type="primary"):
        return
    grants = [*kept, *([more] if more else [])]

    def save() -> None:
        services.accounts.change(
            here, card.name, grants, display=display, unit=unit, lives_in=lives_in
        )
        st.session_state.pop(f"{key}_more", None)

    attempt(save, say("The account {name} was changed.", name=card.name))


def _steps(here: Context, card: Card, say: Say) -> None:
    """What ends somebody's sign-ins asks once more before it is done."""
    key = f"accounts_{card.name}"
    steps: dict[str, tuple[str, Callable[[], object], str]] = {
        "out": (
            say("Sign out on every device"),
            lambda: services.accounts.sign_out_all(here, card.name),
            say("{name} is signed out everywhere.", name=card.name),
        ),
        "password": (
            say("Give a new password"),
            lambda: _new_password(here, card.name),
            say("{name} has a new password.", name=card.name),
        ),
    }
    if card.disabled:
        steps["enable"] = (
            say("Enable the account"),
            lambda: services.accounts.enable(here, card.name),
            say("{name} may sign in again.", name=card.name),
        )
    else:
        steps["disable"] = (
            say("Disable the account"),
            lambda: services.accounts.disable(here, card.name),
            say(
                "{name} is disabled; every sign-in has ended. Visits it had by name are back on "
                "the list of their village or township.",
                name=card.name,
            ),
        )
    if card.by_provider or card.is_system:
        del steps["password"]
    places = st.columns(len(steps))
    for place, (step, (label, act, told)) in zip(places, steps.items(), strict=True):
        with place.popover(label, width="stretch"):
            st.write(say("This concerns {name} ({display}).", name=card.name, display=card.display))
            if st.button(say("Yes, do it"), key=f"{key}_{step}"):
                attempt(act, told)


def _new_password(here: Context, name: str) -> None:
    st.session_state[_ONCE] = (name, services.accounts.reset_password(here, name))


def grant_fields(here: Context, key: str, say: Say) -> Grant | None:
    """A role and the area it needs; None until both are chosen."""
    cells = st.columns(3)
    role = cells[0].selectbox(
        say("Role"),
        list(Role),
        index=None,
        placeholder=say("choose"),
        format_func=say.label,
        key=f"{key}_role",
    )
    if role is None:
        return None
    if role is Role.DEPARTMENT_WORKER:
        department = cells[1].selectbox(
            say("Department"),
            services.names.departments(),
            index=None,
            placeholder=say("choose"),
            format_func=lambda code: say.label(services.names.department(code)),
            key=f"{key}_department",
        )
        return Grant(role, Area(department=department)) if department else None
    if role not in {OF_A_TOWNSHIP, OF_A_VILLAGE}:
        return Grant(role)
    code = _area_fields(here, key, role is OF_A_VILLAGE, cells[1:], say)
    return Grant(role, Area(code)) if code else None


def _area_fields(
    here: Context,
    key: str,
    village: bool,
    cells: Sequence[st.delta_generator.DeltaGenerator],
    say: Say,
) -> str | None:
    def named(code: str) -> str:
        return words.place(here, code, say)

    town = cells[0].selectbox(
        say("Township"),
        services.county.areas(here),
        index=None,
        placeholder=say("choose"),
        format_func=named,
        key=f"{key}_town",
    )
    if not village or town is None:
        return town
    return cells[1].selectbox(
        say("Village"),
        services.county.areas(here, town),
        index=None,
        placeholder=say("choose"),
        format_func=named,
        key=f"{key}_village",
    )


def _lives_in(here: Context, key: str, now: str, say: Say) -> str:
    """The village of the holder's own family, where looking at households is unusual."""
    towns = services.county.areas(here)
    villages = ["", *(code for town in towns for code in services.county.areas(here, town))]
    return st.selectbox(
        say("Lives in (looking there stands out in the record)"),
        villages,
        index=villages.index(now) if now in villages else 0,
        format_func=lambda code: (
            words.place(here, code, say) if code else say("elsewhere, or not asked")
        ),
        key=f"{key}_lives_in",
    )


def rights(say: Say) -> str:
    """The table of roles and actions, as markup."""
    roles = list(Role)
    rows = [
        [html.text(say.label(action)), *("●" if action in ALLOWED[role] else "" for role in roles)]
        for action in Action
    ]
    headers = [say("Right"), *(say.label(role) for role in roles)]
    return html.table(headers, rows, raw=range(len(headers)))


def attempt(act: Callable[[], object], told: str) -> None:
    """Do it and draw the page again, or say why it was refused."""
    said.attempt("accounts", act, told)
