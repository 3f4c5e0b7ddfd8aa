"""What every session runs: who reads, the frame of a page, the chosen page, one error handler."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

import services
from core.access.principal import Principal
from core.access.roles import Action
from core.errors import Told
from core.settings import Settings
from dashboard.app_pages.household import outside
from dashboard.door import reader
from dashboard.i18n import Say, mark
from dashboard.show import address, shell, silent
from services import NothingYet, OutsideArea

MENU_WIDTH = 220  # pixels: the longest entry, and no more than it needs


class Entry(NamedTuple):
    """A page of the menu: its file, its title, its icon, and what its reader must be allowed."""

    name: str
    title: str
    icon: str
    action: Action


# The household page is reached from lists and by its own link.
PAGES = [
    (mark("Boards"), [Entry("overview", mark("Overview"), "dashboard", Action.SEE_FIGURES)]),
    (
        mark("Alerts"),
        [
            Entry("alerts", mark("List of alerts"), "notifications", Action.SEE_ALERTS),
            Entry("supervision", mark("Supervision"), "speed", Action.SEE_ORIGINS),
            Entry("tasks", mark("My tasks"), "checklist", Action.SETTLE),
            Entry("reporting", mark("Report a household"), "campaign", Action.REPORT),
            Entry("household", mark("Household profile"), "family_restroom", Action.SEE_HOUSEHOLD),
        ],
    ),
    (
        mark("Analysis"),
        [
            Entry("precision", mark("Precision"), "target", Action.SEE_FIGURES),
            Entry("indicators", mark("Report cards"), "fact_check", Action.SEE_MODEL),
            Entry("disagreements", mark("Disagreements"), "compare_arrows", Action.SEE_ORIGINS),
        ],
    ),
    (
        mark("Models"),
        [
            Entry("model", mark("Model"), "network_node", Action.SEE_MODEL),
            Entry("training", mark("Retrain"), "model_training", Action.TRAIN_MODEL),
            Entry("explanations", mark("Explanations"), "help_center", Action.SEE_MODEL),
            Entry("fairness", mark("Fairness"), "balance", Action.SEE_MODEL),
            Entry("watching", mark("Model watch"), "monitoring", Action.SEE_MODEL),
        ],
    ),
    (
        mark("Rules and standards"),
        [
            Entry("laboratory", mark("Laboratory"), "science", Action.SEE_RULES),
            Entry("rules", mark("Rules"), "rule", Action.SEE_RULES),
            Entry("standards", mark("Local standards"), "straighten", Action.SEE_RULES),
        ],
    ),
    (mark("Data"), [Entry("data", mark("Feeds"), "database", Action.SEE_FEEDS)]),
    (
        mark("Oversight"),
        [
            Entry("reviews", mark("Emergency looks"), "emergency", Action.REVIEW),
            Entry("record", mark("The record"), "receipt_long", Action.READ_RECORD),
            Entry("accounts", mark("Accounts"), "manage_accounts", Action.MANAGE_ACCOUNTS),
            Entry("setup", mark("Set up the county"), "tune", Action.SET_UP),
        ],
    ),
]


def main() -> None:
    """Draw the frame and run the chosen page under the one error handler."""
    settings = Settings()
    st.session_state.setdefault("first_language", settings.language)
    address.read()
    say = shell.say()
    st.set_page_config(
        page_title=f"Doudi 兜底 · {say('low-income early warning')}",
        page_icon=str(Path(__file__).parent / "show" / "icon.svg"),
        layout="wide",
        initial_sidebar_state=MENU_WIDTH,
    )
    home = str(settings.home.resolve())
    who = reader.principal(home)
    if who is None:
        shell.signed_out(say)
        return
    page, action = _menu(who, say)
    try:
        shell.top_line(home, who, action)
        silent.note(shell.here(), action, say)
        address.write(checked=False)
        page.run()
    except NothingYet as missing:
        shell.guidance(missing)
    except OutsideArea as refused:
        outside.show(refused, say)
    except Told as refused:
        st.warning(refused.text(say.language))
    except Exception as error:  # noqa: BLE001 - the last door before the reader
        shell.report_error(error)
    address.write(checked=True)
    reader.stays(home)


def _menu(who: Principal, say: Say) -> tuple[st.Page, Action]:
    """The pages that the reader's roles may use, and no others; which is open, what it asks for."""
    open_to = [
        (group, [entry for entry in entries if who.may(entry.action)]) for group, entries in PAGES
    ]
    address.open_pages({entry.name for _, entries in open_to for entry in entries})
    groups = {
        say(group): [_page(entry, say) for entry in entries]
        for group, entries in open_to
        if entries
    }
    every = [entry for _, entries in open_to for entry in entries]
    # Without a county there is one thing to do, for whoever may.
    bare = not services.setup.has_county(str(Settings().home.resolve()))
    first = next((e for e in every if bare and e.action is Action.SET_UP), next(iter(every), None))
    if first is None:
        shell.no_role(who, say)
        st.stop()
    # The first page stands at the root too. As the default page alone it would have no address of
    # its own, and a copied link to it would lead to whichever page it was copied on.
    root = st.Page(
        f"app_pages/{first.name}/{first.name}.py",
        title=say(first.title),
        icon=f":material/{first.icon}:",
        url_path="home",
        default=True,
        visibility="hidden",
    )
    drawn = [page for pages in groups.values() for page in pages]
    page = st.navigation([*drawn, root], position="hidden")
    shell.menu(groups, page, who)
    actions = {say(entry.title): entry.action for _, entries in open_to for entry in entries}
    return page, actions[page.title]


def _page(entry: Entry, say: Say) -> st.Page:
    return st.Page(
        f"app_pages/{entry.name}/{entry.name}.py",
        title=say(entry.title),
        icon=f":material/{entry.icon}:",
    )


main()
