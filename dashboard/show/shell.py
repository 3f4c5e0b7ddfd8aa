"""The frame around every page: where, when, which language, guidance and errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import NoReturn

import streamlit as st

import services
from core.access.areas import Area
from core.access.principal import Principal
from core.access.roles import Action
from dashboard.i18n import LANGUAGES, Say, mark, translator
from dashboard.show import address, framework, html
from services import Context, NothingYet

STYLE = Path(__file__).with_name("style.css")
# Widths in pixels, so that the longest name can be read whole; on a phone style.css sets them.
PICKER, MONTH_PICKER = 190, 130
# Actions of pages that show no county: neither place nor month is to be chosen there.
OF_NO_PLACE = {Action.MANAGE_ACCOUNTS, Action.READ_RECORD, Action.REVIEW, Action.SET_UP}
LOG = logging.getLogger("doudi.dashboard")

GUIDANCE = {
    "county": mark(
        "There is no county in this home yet. The administrator enters it on the page Set up the "
        "county, or by `doudi init`; `doudi demo` makes an invented one."
    ),
    "month": mark(
        "No month has been run yet. Put the departments' files in a folder, then "
        "`doudi ingest DIR` and `doudi run --as-of MONTH`."
    ),
    "profile": mark("{month} has no profiles yet. Run `doudi run --as-of {month}`."),
    "scores": mark("{month} has no rule scores yet. Run `doudi run --as-of {month}`."),
    "risk": mark("{month} has no risks: no model was in use when it was run."),
    "alerts": mark(
        "No alert has been raised yet. Run `doudi run --as-of {month}`; open alerts then appear "
        "here."
    ),
    "alerts_here": mark(
        "No alert was raised in this area in the twelve months up to {month}. Choose a wider area "
        "or a later month above."
    ),
    "household": mark(
        "This household is not in the profile of {month}, or lies outside the chosen area. "
        "Choose another month or area, or open a household from the list of alerts."
    ),
    "model": mark(
        "No risk model is in use yet. Until there is one, rules and fresh facts raise the alerts."
    ),
    "run": mark(
        "{month} has no numbers of its run yet. Run `doudi run --as-of {month}`; what had to wait "
        "then appears here."
    ),
    "lives": mark(
        "This county was not lived without Doudi yet: `doudi demo` and `doudi study` do it and "
        "compare."
    ),
    "random_visits": mark(
        "No random visit of these twelve months has a result yet, so nobody can say what was "
        "missed. Record the visits to the monthly audit sample, or deliver the random survey "
        "rounds with the feed of home visits; a few hundred give a first, wide answer."
    ),
    "feeds": mark(
        "No file has been delivered yet. Put the files in a folder and run `doudi ingest DIR`."
    ),
    "quarantine": mark("The rows to be corrected of this batch are no longer stored."),
}  # fmt: skip


def language() -> str:
    """The chosen language, before its widget has been drawn too."""
    asked = address.value("lang")
    return asked if asked in LANGUAGES else st.session_state.get("first_language", "zh")


def say() -> Say:
    """The words of the chosen language."""
    return translator(language())


def here() -> Context:
    """Home, month and area that the top line shows."""
    return st.session_state["here"]


def top_line(home: str, who: Principal, action: Action) -> None:
    """Where am I, as-of month, language, the badge. Sets `here()`.

    The area can be chosen among those in which the reader may do the page's `action`. Raises
    NothingYet when the home holds no county.
    """
    st.html(STYLE)
    words = say()
    at_home = Context(who, home, date.max)
    if action in OF_NO_PLACE:
        _line_without_place(at_home, words)
        return
    about = services.county.county(at_home)
    names = {f"{m:%Y-%m}": m for m in services.county.months(at_home)}
    areas = who.areas(action)
    towns = _towns(at_home, areas)
    asked = address.value("township")
    town_known = asked in towns if asked else "" not in towns
    with st.container(key="dd_top", horizontal=True, vertical_alignment="bottom"):
        place = st.container(key="dd_where")
        township = st.container(key="dd_township", width=PICKER)
        village = st.container(key="dd_village", width=PICKER) if town_known else None
        month = st.container(key="dd_month", width=MONTH_PICKER)
        tongue = st.container(key="dd_language", width="content")
    with tongue:
        _language_switch(words)
    chosen = month.selectbox(words("As of"), list(names), **address.bind("month", names))
    with township:
        town = inner = _area(at_home, words("Township"), "township", towns, words)
    if town and village:
        with village:
            inside = _villages(at_home, areas, town)
            inner = _area(at_home, words("Village"), "village", inside, words) or town
    else:
        address.correct(village="")
    if not names:
        raise NothingYet("month")
    as_of = names.get(chosen) or max(names.values())
    scope = _scope(areas, inner)
    st.session_state["here"] = Context(who, home, as_of, scope)
    with place:
        _place(here(), about, town, inner if inner != town else "", words)


def _line_without_place(at_home: Context, words: Say) -> None:
    """The line of a page that shows no county; there may be none yet."""
    st.session_state["here"] = at_home
    with st.container(key="dd_top", horizontal=True, vertical_alignment="bottom"):
        place = st.container(key="dd_where")
        with st.container(key="dd_language", width="content"):
            _language_switch(words)
    with place, suppress(NothingYet):
        _place(at_home, services.county.county(at_home), "", "", words)


def _towns(at_home: Context, areas: Sequence[Area]) -> list[str]:
    """Townships to choose from; '' is all of them, for who holds the whole county."""
    every = services.county.areas(at_home)
    if any(not area.code for area in areas):
        return ["", *every]
    own = {area.township for area in areas}
    return [code for code in every if code in own] or sorted(own)


def _villages(at_home: Context, areas: Sequence[Area], town: str) -> list[str]:
    """Villages of a township to choose from; '' is the whole township."""
    every = services.county.areas(at_home, town)
    if any(area.code in {"", town} for area in areas):
        return ["", *every]
    own = {area.code for area in areas if area.township == town}
    return [code for code in every if code in own] or sorted(own)


def _scope(areas: Sequence[Area], code: str) -> Area:
    """The area chosen, with the department of the grant that it lies in."""
    asked = Area(code)
    holding = [area for area in areas if Area(area.code).holds(asked)]
    whole = any(not area.department for area in holding)
    return asked if whole or not holding else Area(code, holding[0].department)


def menu(groups: Mapping[str, Sequence[st.Page]], current: st.Page, who: Principal) -> None:
    """The pages as links that carry every choice along; Streamlit's own menu would lose them.

    Below them who has signed in, and the way out.
    """
    # The name of a tab, and what a screen reader says first on another page.
    st.set_page_config(page_title=f"{current.title} · Doudi 兜底")
    with st.sidebar, st.container(key="dd_menu"):
        for group, pages in groups.items():
            st.caption(group)
            for page in pages:
                same = page.title == current.title
                # The entry of the page one is on is the page itself, the root included.
                st.page_link(current if same else page, query_params=address.query(),
                             width="stretch")  # fmt: skip
        words = say()
        roles = words(", ").join(words.label(role) for role in who.roles)
        st.html(
            f'<div class="dd-who">{html.text(who.name)}<br><span>{html.text(roles)}</span><br>'
            f'<a href="/door/sign-out" target="_self">{html.text(words("Sign out"))}</a></div>'
        )
        st.html(CLOSING, unsafe_allow_javascript=True)
        framework.speak(say())


# On a phone the menu lies over the page: a chosen entry closes it, as Streamlit's own menu does.
CLOSING = """<script>
if (!window.doudiMenu) {
  window.doudiMenu = true;
  document.addEventListener("click", event => {
    if (innerWidth < 768 && event.target.closest(".st-key-dd_menu a"))
      document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  });
}
</script>"""


def _language_switch(words: Say) -> None:
    st.segmented_control(
        words("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.get,
        required=True,
        label_visibility="collapsed",
        **address.bind("lang", LANGUAGES, st.session_state.get("first_language", "zh")),
    )


def _area(at_home: Context, label: str, key: str, codes: list[str], words: Say) -> str:
    chosen = st.selectbox(
        label,
        codes,
        format_func=lambda c: (
            services.county.place(at_home, c, words.language) if c else words("All")
        ),
        **address.bind(key, codes),
    )
    return chosen or ""


def _place(
    here: Context, about: services.county.County, town: str, village: str, words: Say
) -> None:
    steps = [f"<b>{html.text(words.pick(about.name_zh, about.name_en))}</b>"]
    for code in (town, village):
        if code:
            steps.append(html.text(services.county.place(here, code, words.language)))
    where = " › ".join(steps)
    st.html(f'<div class="dd-place">{where}{html.synthetic() if about.synthetic else ""}</div>')


def stop() -> NoReturn:
    """End the page here: all there is to show is shown, all choices are checked."""
    address.write(checked=True)
    st.stop()


def is_past(here: Context) -> bool:
    """Whether an earlier month than the newest is chosen."""
    return not services.is_latest(here)


def past_note(here: Context, say: Say) -> None:
    """Of an earlier month say that its own past is shown."""
    if is_past(here):
        st.caption(
            say(
                "{month} is shown as its last day left it, rebuilt from the record of events; what "
                "came later is left out.",
                month=f"{here.as_of:%Y-%m}",
            )
        )


def act_in_newest(here: Context, page: str, say: Say) -> None:
    """In an earlier month nothing can be done: lead to the newest."""
    newest = f"{services.county.months(here)[0]:%Y-%m}"
    st.caption(
        say("{month} is over: its alerts can be read, not acted on.", month=f"{here.as_of:%Y-%m}")
    )
    there = address.to(page, month=newest)
    address.link(there, say("Go to {month} to act", month=newest), f"{page}_newest")


def guidance(missing: NothingYet) -> None:
    """Say what is not there yet and what to do next."""
    month = missing.month or (here().as_of if "here" in st.session_state else None)
    text = say()(GUIDANCE.get(missing.what, GUIDANCE["profile"]))
    st.info(
        text.replace("{month}", f"{month:%Y-%m}" if month else "YYYY-MM"), icon=":material/info:"
    )


@contextmanager
def section(title: str = "", note: str = "", anchor: str = "") -> Iterator[None]:
    """A part of a page that shows guidance of its own when it has nothing to show.

    With `anchor`, a link to "#anchor" leads here.
    """
    if title:
        st.header(title, anchor=anchor or False)
    if note:
        st.caption(note)
    try:
        yield
    except NothingYet as missing:
        guidance(missing)


def report_error(error: Exception) -> None:
    """The one handler of unforeseen errors: log everything under an id, show one line."""
    number = secrets.token_hex(3).upper()
    LOG.error("dashboard error %s", number, exc_info=error)
    words = say()
    st.error(
        words(
            "Something went wrong here (error {id}). Nothing was changed. Reload the page; if it "
            "stays, send the number to the maintainers.",
            id=number,
        ),
        icon=":material/error:",
    )


def acting_as(roles: Sequence[str], key: str, words: Say) -> str | None:
    """In which of the reader's roles an act is done; asked only where there are several."""
    if len(roles) < 2:
        return roles[0] if roles else None
    kind = services.names.Kind.ROLE
    return st.selectbox(
        words("Acting as"),
        list(roles),
        format_func=lambda code: words.label(services.names.word(kind, code)),
        key=key,
    )


def signed_out(words: Say) -> None:
    """The sign-in has ended, here or elsewhere: nothing else is shown."""
    st.html(STYLE)
    st.info(
        words(
            "You are signed out: after 15 minutes without use, after 8 hours, or because your "
            "account was changed."
        ),
        icon=":material/lock:",
    )
    there = f"/door/sign-in?lang={language()}"
    st.html(f'<a class="dd-go" href="{there}" target="_self">{html.text(words("Sign in"))}</a>')


def no_role(who: Principal, words: Say) -> None:
    """An account without a role: only the administrator can help."""
    st.html(STYLE)
    told = words("The account {name} has no role yet. Ask the administrator.", name=who.account)
    st.info(told, icon=":material/lock:")
    link = (
        f'<a class="dd-go" href="/door/sign-out" target="_self">{html.text(words("Sign out"))}</a>'
    )
    st.html(link)
