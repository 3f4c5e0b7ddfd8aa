"""Accounts: who may sign in, in which roles, for which areas."""

import streamlit as st

import services
from dashboard.app_pages.accounts import forms as accounts
from dashboard.app_pages.accounts import notices, tokens, workdays
from dashboard.show import html, said, shell

here, say = shell.here(), shell.say()

st.title(say("Accounts"), anchor=False)
cards = services.accounts.listed(here)
st.html(html.answer(accounts.sentence(cards, say)))
said.show("accounts")
accounts.password_once(say)
tokens.once(say)
st.html(accounts.table(here, cards, say))

with shell.section(say("Change an account")):
    accounts.change(here, cards, say)
with shell.section(say("New account")):
    accounts.new(here, say)
with shell.section(say("Other systems")):
    issued = services.tokens.listed(here)
    st.caption(say("Systems call the interface described at /api/v1/docs with a token."))
    if issued:
        st.html(tokens.table(issued, say))
    tokens.end(here, issued, say)
with shell.section(say("New token")):
    tokens.new(here, cards, say)
with shell.section(say("Public holidays")):
    workdays.section(here, say)
with shell.section(say("Notices")):
    notices.section(here, cards, say)
with shell.section(say("What each role may do")):
    st.html(accounts.rights(say))
