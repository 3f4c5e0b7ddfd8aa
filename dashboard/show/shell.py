"""The frame around every page: where, when, which language, guidance and errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st

from dashboard import services
from dashboard.i18n import LANGUAGES, Say, mark, translator
from dashboard.services import Here, NothingYet
from dashboard.show import address, framework, html

STYLE = Path(__file__).with_name("style.css")
# Widths in pixels, so that the longest name can be read whole; on a phone style.css sets them.
PICKER, MONTH_PICKER = 190, 130
LOG = logging.getLogger("doudi.dashboard")

GUIDANCE = {
    "county": mark(
        "There is no county in this home yet. Run `doudi demo` for an invented one, or "
        "`doudi ingest DIR` on your departments' files, then reload this page."
    ),
    "profile": mark("{month} has no profiles yet. Run `doudi run --as-of {month}`."),
    "scores": mark("{month} has no rule scores yet. Run `doudi run --as-of {month}`."),
    "risk": mark("{month} has no risks yet. Run `doudi train`, then `doudi run --as-of {month}`."),
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
        "No risk model has been trained yet. Run `doudi train`, then `doudi promote VERSION "
        '--reason "…"`.'
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


def here() -> Here:
    """Home, month and area that the top line shows."""
    return st.session_state["here"]


def top_line(home: str) -> None:
    """Where am I, as-of month, language, the badge. Sets `here()`.

    Raises NothingYet when the home holds no county.
    """
    st.html(STYLE)
    words = say()
    about = services.county.county(home)
    names = {f"{m:%Y-%m}": m for m in services.county.months(home)}
    town_known = address.value("township") in services.county.areas(home)
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
        town = inner = _area(home, words("Township"), "township", "", words)
    if town and village:
        with village:
            inner = _area(home, words("Village"), "village", town, words) or town
    else:
        address.correct(village="")
    if not names:
        raise NothingYet("county")
    as_of = names.get(chosen) or max(names.values())
    st.session_state["here"] = Here(home, as_of, inner)
    with place:
        _place(home, about, town, inner if inner != town else "", words)


def menu(groups: Mapping[str, Sequence[st.Page]], current: st.Page) -> None:
    """The pages as links that carry every choice along; Streamlit's own menu would lose them."""
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
        st.html(_CLOSING, unsafe_allow_javascript=True)
        framework.speak(say())


# On a phone the menu lies over the page: a chosen entry closes it, as Streamlit's own menu does.
_CLOSING = """<script>
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


def _area(home: str, label: str, key: str, township: str, words: Say) -> str:
    codes = ["", *services.county.areas(home, township)]
    chosen = st.selectbox(
        label,
        codes,
        format_func=lambda c: services.county.place(home, c, words.language) if c else words("All"),
        **address.bind(key, codes),
    )
    return chosen or ""


def _place(home: str, about: services.county.County, town: str, village: str, words: Say) -> None:
    steps = [f"<b>{html.text(words.pick(about.name_zh, about.name_en))}</b>"]
    for code in (town, village):
        if code:
            steps.append(html.text(services.county.place(home, code, words.language)))
    where = " › ".join(steps)
    st.html(f'<div class="dd-place">{where}{html.synthetic() if about.synthetic else ""}</div>')


def stop() -> NoReturn:
    """End the page here: all there is to show is shown, all choices are checked."""
    address.write(checked=True)
    st.stop()


def is_past(here: Here) -> bool:
    """Whether an earlier month than the newest is chosen."""
    return not services.is_latest(here.home, here.as_of)


def past_note(here: Here, say: Say) -> None:
    """Of an earlier month say that its own past is shown."""
    if is_past(here):
        st.caption(
            say(
                "{month} is shown as its last day left it, rebuilt from the record of events; what "
                "came later is left out.",
                month=f"{here.as_of:%Y-%m}",
            )
        )


def act_in_newest(here: Here, page: str, say: Say) -> None:
    """In an earlier month nothing can be done: lead to the newest."""
    newest = f"{services.county.months(here.home)[0]:%Y-%m}"
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


def actor_fields(prefix: str, roles: list[str], words: Say) -> tuple[str, str]:
    """Who acts and in which role; remembered for the session. Returns (actor, role code)."""
    kind = services.names.Kind.ROLE
    name, role = st.columns(2)
    actor = name.text_input(
        words("Your name or account"), key=f"{prefix}_actor", max_chars=40, persist_state="session"
    )
    chosen = role.selectbox(
        words("Acting as"),
        roles,
        format_func=lambda c: words.label(services.names.word(kind, c)),
        key=f"{prefix}_role",
        persist_state="session",
    )
    return (actor or "").strip(), str(chosen)
