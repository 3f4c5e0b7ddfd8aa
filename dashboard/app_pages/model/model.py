"""Model: who predicts what, how well, on which months, and who decided so."""

import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.model import beginning, external, gate, rolling, shadow, steps, versions
from dashboard.app_pages.model import figures as model
from dashboard.show import address, drawing, files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Risk model"), anchor=False)
try:
    trained = services.risk_model.report(here)
except services.NothingYet:
    beginning.section(here, say)
    # Before the county's first training a table of one's own may have been tried.
    if services.risk_model.external(here):
        external.section(here, say)
    raise
parts = services.risk_model.sections(trained)
question = next(iter(parts))
if question:
    question = st.segmented_control(
        say("Question"),
        list(parts),
        format_func=lambda q: say(model.QUESTIONS[q]),
        required=True,
        **address.bind("model", parts),
    )
latest = parts[question]
content = model.with_figures(here, question, latest)
names = services.risk_model.populations(content)
everyone = services.risk_model.table(content, names[0] if names else None)
st.html(html.answer(model.sentence(everyone, content, say)))
if question:
    st.caption(model.measured_on(content, latest, say))
files.link(
    here, "model", {"question": question}, say("Download Excel"), say, named=say("Risk model")
)
# The registry answers last (MLflow loads slowly the first time); its card stands at the top.
card = st.container()

with shell.section(say("Everyone on the same households and months")):
    table = model.choose_table(content, names, say)
    st.html(model.table(table, say))
    if content.get("evaluated_on") == "calibrate":
        st.caption(
            say("No test month has closed yet: measured on calibration months, cross-fitted.")
        )
verdict = st.container()

if len(table):
    left, right = st.columns(2, gap="large")
    with left, shell.section(say("Precision at visiting capacity")):
        chart = charts.scorers(model.labelled(table, say), say)
        drawing.chart(chart, "model_scorers", say("Precision at visiting capacity"), say)
    with right, shell.section(say("Calibration: predicted and observed")):
        model.calibration(content, say)

with shell.section(say("Which months teach and which test")):
    chart = charts.folds(model.spans(content, say), say)
    drawing.chart(chart, "model_folds", say("Which months teach and which test"), say)
    st.caption(model.folds_note(content, say))

model.influence(latest, here, say)
if question:
    rolling.section(here, question, say)
registry = services.risk_model.registry(here, question)
with card:
    model.card(content, registry, say)
if question:
    with verdict:
        gate.section(here, question, content, registry, say)
if question:
    with shell.section(say("Challenger in shadow")):
        shadow.section(here, question, registry.challenger, say)
with shell.section(say("Versions and their cards")):
    versions.section(here, question, say)
    shadow.stored(here, say)
with shell.section(say("Promotions")):
    if len(registry.history):
        st.html(model.history(registry, say))
    steps.section(here, registry, question, say)
    st.caption(
        say("Retrain on the page Retrain or by `doudi train`; a promotion stays a step of its own.")
    )
external.section(here, say)
