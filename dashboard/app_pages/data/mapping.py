"""Files that no feed recognises: their columns are told once, and understood from then on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import services
from core.errors import Told
from dashboard.i18n import Say
from dashboard.show import html, said, shell
from services import Context
from services.mapping import Preview, Taken, Unmapped

LEFT_OUT = ""


def section(here: Context, say: Say) -> None:
    """The files that wait, the one chosen with its columns, and the mappings in force."""
    said.show("data_mapping")
    files = services.mapping.unmapped(here)
    st.html(
        f'<p><a style="color:#0F6E6E" href="/upload/?lang={say.language}" target="_self">'
        f"{html.text(say('Upload department files'))}</a></p>"
    )
    if not files:
        st.caption(
            say(
                "No file waits to be mapped. Upload one, or put it in the incoming folder: a file "
                "whose name or headers no feed knows appears here."
            )
        )
    elif shell.is_past(here):
        shell.act_in_newest(here, "data", say)
    else:
        _one(here, say, _chosen(files, say))
    _in_force(here, say)


def _chosen(files: list[Unmapped], say: Say) -> Unmapped:
    named = {one.source: f"{one.name} · {_why(one, say)}" for one in files}
    source = st.selectbox(
        say("File to be mapped"), list(named), format_func=named.get, key="data_map_file"
    )
    return next(one for one in files if one.source == source)


def _why(one: Unmapped, say: Say) -> str:
    if one.why == "wrong_columns":
        return say("columns not known")
    return say("name not known")


def _one(here: Context, say: Say, one: Unmapped) -> None:
    try:
        first = services.mapping.preview(here, one.source)
        feeds = services.mapping.feeds()
        feed = st.columns([2, 3])[0].selectbox(
            say("Which data is it?"),
            feeds,
            index=feeds.index(first.feed),
            format_func=lambda f: say.label(services.names.feed(f)),
            key=f"data_map_feed_{one.source}",
        )
        seen = first if feed == first.feed else services.mapping.preview(here, one.source, feed)
    except (Told, OSError) as error:
        st.html(html.warning(_words(error, say)))
        return
    st.caption(_what_it_seems(seen, say))
    _form(here, say, one, seen)


def _what_it_seems(seen: Preview, say: Say) -> str:
    if seen.known is not None:
        return say("Files of this form were mapped before: {form}.", form=seen.known.form)
    return say(
        "The columns were matched by their headers and by their first cells; look at each before "
        "you save. Personal data is masked."
    )


def _form(here: Context, say: Say, one: Unmapped, seen: Preview) -> None:
    fields = services.mapping.fields(seen.feed)
    labels = {LEFT_OUT: say("not taken in"), **{f.name: f.pick(say.language) for f in fields}}
    rows = [
        {
            say("Column in the file"): c.header,
            say("Becomes"): labels[c.field],
            say("First cells"): " · ".join(text for text, _ in c.cells),
            say("Read as"): " · ".join(_read(c.field, value, say) for _, value in c.cells),
        }
        for c in seen.columns
    ]
    with st.form(f"data_map_form_{one.source}_{seen.feed}"):
        edited = st.data_editor(
            pd.DataFrame(rows),
            hide_index=True,
            key=f"data_map_columns_{one.source}_{seen.feed}",
            disabled=[say("Column in the file"), say("First cells"), say("Read as")],
            column_config={
                say("Becomes"): st.column_config.SelectboxColumn(
                    options=list(labels.values()), required=True
                )
            },
        )
        left, middle, _ = st.columns([1, 1, 2])
        period = left.text_input(
            say("Month of the data, like 2026-06"),
            _dashed(seen.period),
            key=f"data_map_period_{one.source}",
            max_chars=7,
        )
        sender = middle.text_input(
            say("Sender (office)"), key=f"data_map_sender_{one.source}", max_chars=60
        )
        go = st.form_submit_button(say("Save the mapping and take the file in"), key="data_map_go")
    if go:
        names = {label: name for name, label in labels.items()}
        told = edited[say("Becomes")].map(names)
        headers = dict(zip((c.header for c in seen.columns), told, strict=True))
        _take(here, say, one, seen.feed, headers, period, sender)


def _read(field: str, value: str | None, say: Say) -> str:
    if not field:
        return "–"
    return value if value is not None else say("cannot be read")


def _dashed(period: str | None) -> str:
    return f"{period[:4]}-{period[4:]}" if period else ""


def _take(
    here: Context,
    say: Say,
    one: Unmapped,
    feed: str,
    headers: dict[str, str],
    period: str,
    sender: str,
) -> None:
    try:
        with st.spinner(say("Taking the file in…")):
            services.mapping.keep(here, one.name, feed, headers, sender)
            taken = services.mapping.take(here, one.source, feed, period)
    except Told as error:
        st.html(html.warning(_words(error, say)))
        return
    said.keep("data_mapping", outcome(taken, say))
    st.rerun()


def outcome(taken: Taken, say: Say) -> str:
    """What became of a file, in one sentence."""
    if taken.again:
        return say("The same content had been taken in before; nothing has changed.")
    batch = taken.batch
    if batch is None:
        return say("Another ingest is running. The file is kept, and the next one takes it in.")
    if batch.status == "accepted":
        return say(
            "Taken in. Rows received: {received}, accepted: {accepted}, returned for correction: "
            "{quarantined}, duplicates: {duplicates}.",
            received=say.number(batch.received),
            accepted=say.number(batch.accepted),
            quarantined=say.number(batch.quarantined),
            duplicates=say.number(batch.duplicates),
        )
    return say(
        "Not in force yet: {why}", why=say.pick(batch.message_zh, batch.message_en) or batch.status
    )


def _words(error: Exception, say: Say) -> str:
    return error.text(say.language) if isinstance(error, Told) else str(error)


def _in_force(here: Context, say: Say) -> None:
    mappings = services.mapping.saved(here)
    if not mappings:
        return
    shown = [
        [
            m.form,
            say.label(services.names.feed(m.feed)),
            m.sender or "–",
            say.number(sum(1 for f in m.headers.values() if f)),
            say.day(m.made_on),
        ]
        for m in mappings
    ]
    st.markdown(f"**{say('Mappings in force')}**")
    heads = [say("Form of the file name"), say("Feed"), say("Sender"), say("Columns"), say("Since")]
    st.html(html.table(heads, shown, right=range(3, 4)))
    with st.form("data_map_drop"):
        forms = [m.form for m in mappings]
        form = st.selectbox(say("Mapping to forget"), forms, key="data_map_drop_form")
        sure = st.checkbox(
            say("What was taken in with it stays. The next file will wait again."),
            key="data_map_drop_sure",
        )
        gone = st.form_submit_button(say("Forget this mapping"), key="data_map_drop_go")
    if gone and sure:
        services.mapping.drop(here, form)
        said.keep("data_mapping", say("The mapping is forgotten."))
        st.rerun()
    elif gone:
        st.caption(say("Tick the box first."))
