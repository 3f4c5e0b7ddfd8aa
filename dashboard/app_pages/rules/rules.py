"""Rules: which version holds, what others change, and who put them in force and why."""

import streamlit as st

import services
from dashboard.app_pages.rules import acts, drafting, promises, shelf
from dashboard.show import address, html, said, shell

here, say = shell.here(), shell.say()

st.title(say("Rules"), anchor=False)
store = services.rules.shelf(here)
st.html(html.answer(shelf.sentence(store, say)))
said.show("rules")
if store.versions:
    with shell.section(say("Versions")):
        st.html(shelf.table(store, say))
        numbers = ["", *(str(one.number) for one in store.versions)]
        chosen = st.selectbox(
            say("Open a version"),
            numbers,
            format_func=lambda number: shelf.named(store, number, say),
            **address.bind("version", numbers),
        )
    if chosen:
        found = services.rules.version(here, int(chosen))
        with shell.section(say("What it changes")):
            shelf.changes(here, store, found, say)
        acts.section(here, store, found, say)
        if drafting.open_for(here, found):
            with shell.section(say("Change the draft"), say(drafting.FROM_THE_NEXT_RUN)):
                drafting.change(here, found, say)
        with shell.section(say("What happened to it")):
            st.html(shelf.history(here, found, say))
else:
    st.info(say("The rules that came with the program hold. Start a draft to change them."))
if any(one.promise for one in store.activations):
    with shell.section(say("Promise and outcome"), say(promises.NOTE)):
        promises.table(here, store, say)
if services.rules.may_tune(here):
    with shell.section(say("New draft")):
        drafting.new(here, store, say)
