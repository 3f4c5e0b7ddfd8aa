"""The list of alerts as cards, for a phone: the same page of the list, one household a card.

Both are drawn, since the server does not know the width of the screen; style.css shows the one
that fits. A card is one link: households are acted on where it leads, so no card can be ticked.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Say
from dashboard.show import address, html, words
from services import Context
from services.names import Kind


def show(here: Context, rows: pd.DataFrame, say: Say) -> None:
    """One page of the list. It says nothing that the table for visits would leave out."""
    cards = [_card(here, row, say) for row in rows.to_dict("records")]
    st.caption(
        say(
            "Tap a household to open it and act there. Several at once are dispatched on a wider "
            "screen."
        )
    )
    st.html(f'<div class="dd dd-cards">{"".join(cards)}</div>')
    st.html(IN_SESSION, unsafe_allow_javascript=True)


def _card(here: Context, row: dict[str, Any], say: Say) -> str:
    there = address.href(address.to("household", household=row["household"]))
    place = " › ".join(
        words.place(here, code, say)
        for code in (row["township_code"], row["village_code"])
        if code and code == code
    )
    head = html.band(row["band"], words.label(Kind.BAND, row["band"], say))
    if row["urgent"]:
        head += f'<span class="dd-urgent">! {html.text(say("urgent"))}</span>'
    reasons = [_reason(told, say) for told in row[f"each_reason_{say.language}"]]
    due = f"{say('Due')} {say.day(row['due_on'])}"
    late = f' <span class="dd-late">{html.text(say("overdue"))}</span>' if row["late"] else ""
    return (
        f'<a class="dd-card" href="{html.text(there)}" target="_self">'
        f"<div>{head}<b>{html.text(words.household(row['who'], row['household'], say))}</b></div>"
        f"<div>{html.text(place)}</div>{html.bullets(reasons)}"
        f'<div class="dd-card-foot"><span>{html.text(words.state(row, say))}</span>'
        f"<span>{html.text(due)}{late}</span></div></a>"
    )


def _reason(told: str, say: Say) -> str:
    """A reason; its amount, line, source and age stand in small print."""
    fact, joint, more = told.partition(say.pick("；", "; "))
    return html.text(fact) + (f" <small>{html.text(more)}</small>" if joint else "")


# A plain link would begin a new session: the name of who acts would have to be typed again. So a
# card is followed as Back is, by an address that the running page takes in.
IN_SESSION = """<script>
if (!window.doudiCards) {
  window.doudiCards = true;
  document.addEventListener("click", event => {
    const card = event.target.closest("a.dd-card");
    if (!card || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    history.pushState(null, "", card.href);
    dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  });
}
</script>"""
