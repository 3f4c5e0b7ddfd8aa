"""What every session runs: the frame of a page, the chosen page, and the one error handler."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.i18n import mark
from dashboard.services import AlertsError, NothingYet
from dashboard.show import address, shell
from doudi.settings import Settings

MENU_WIDTH = 220  # pixels: the longest entry, and no more than it needs
# (group, [(file, title, icon)]); the household page is reached from lists and by its own link.
PAGES = [
    (mark("Boards"), [("overview", mark("Overview"), "dashboard")]),
    (
        mark("Alerts"),
        [
            ("alerts", mark("List of alerts"), "notifications"),
            ("household", mark("Household profile"), "family_restroom"),
        ],
    ),
    (
        mark("Analysis and model"),
        [("precision", mark("Precision"), "target"), ("model", mark("Model"), "network_node")],
    ),
    (mark("Data"), [("data", mark("Feeds"), "database")]),
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
    groups = {
        say(group): [
            st.Page(f"app_pages/{name}.py", title=say(title), icon=f":material/{icon}:")
            for name, title, icon in pages
        ]
        for group, pages in PAGES
    }
    # The overview stands at the root too. As the default page alone it would have no address of
    # its own, and a copied link to it would lead to whichever page it was copied on.
    root = st.Page(
        "app_pages/overview.py", title=say(PAGES[0][1][0][1]), icon=":material/dashboard:",
        url_path="home", default=True, visibility="hidden",
    )  # fmt: skip
    page = st.navigation([*(p for pages in groups.values() for p in pages), root],
                         position="hidden")  # fmt: skip
    try:
        try:
            shell.top_line(str(settings.home.resolve()))
        finally:
            shell.menu(groups, page)
        address.write(checked=False)
        page.run()
    except NothingYet as missing:
        shell.guidance(missing)
    except AlertsError as refused:
        st.warning(refused.text(say.language))
    except Exception as error:  # noqa: BLE001 - the last door before the reader
        shell.report_error(error)
    address.write(checked=True)


main()
