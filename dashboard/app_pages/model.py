"""Model: who predicts, how well, on which months, and who decided so."""

import streamlit as st

from dashboard import charts, services
from dashboard.charts.style import CONFIG
from dashboard.show import html, model, shell

here, say = shell.here(), shell.say()

st.title(say("Risk model"), anchor=False)
content = services.risk_model.report(here.home)
names = services.risk_model.populations(content)
everyone = services.risk_model.table(content, names[0]) if names else None
if everyone is not None:
    st.html(html.answer(model.sentence(everyone, say)))
# The registry answers last (MLflow loads slowly the first time); its card stands at the top.
card = st.container()

with shell.section(say("Everyone on the same households and months")):
    choice, against = st.columns([3, 2])
    population = choice.segmented_control(
        say("Population"),
        names,
        default=names[0] if names else None,
        format_func=lambda p: say(model.POPULATIONS.get(p, p)),
        required=True,
        key="model_population",
    )
    truth = False
    if content.get("truth_rows"):
        truth = against.toggle(
            say("Against the sealed truth of the synthetic county"), key="model_truth"
        )
    table = services.risk_model.table(content, population, truth)
    st.html(model.table(table, say))
    if content.get("evaluated_on") == "calibrate":
        st.caption(
            say("No test month has closed yet: measured on calibration months, cross-fitted.")
        )

left, right = st.columns(2, gap="large")
with left, shell.section(say("Precision at visiting capacity")):
    labelled = table.assign(
        label=[model.scorer(s, say) for s in table["scorer"]], own=table["scorer"] == "model"
    )
    chart = charts.scorers(labelled, say)
    st.plotly_chart(chart, config=CONFIG, key="model_scorers", theme=None)
with right, shell.section(say("Calibration: predicted and observed")):
    scorers = {s: model.scorer(s, say) for s in model.SCORERS}
    chart = charts.calibration(services.risk_model.calibration(content), say, scorers)
    st.plotly_chart(chart, config=CONFIG, key="model_calibration", theme=None)

with shell.section(say("Which months teach and which test")):
    chart = charts.folds(model.spans(content, say), say)
    st.plotly_chart(chart, config=CONFIG, key="model_folds", theme=None)
    st.caption(say("Training ends a whole horizon before the months it is tested on."))

weights = services.risk_model.importance(content)
if len(weights):
    left, right = st.columns([2, 3], gap="large")
    with left, shell.section(say("What weighs, by category")):
        chart = charts.importance(model.by_category(weights, here, say), say)
        st.plotly_chart(chart, config=CONFIG, key="model_categories", theme=None)
    with right, shell.section(say("What weighs, by fact")):
        chart = charts.importance(model.by_feature(weights, say), say)
        st.plotly_chart(chart, config=CONFIG, key="model_features", theme=None)

registry = services.risk_model.registry(here.home)
with card:
    model.card(content, registry, say)
with shell.section(say("Promotions")):
    if len(registry.history):
        st.html(model.history(registry, say))
    model.step_form(here, registry, say)
    st.caption(
        say("Retrain on the command line: `doudi train`; a promotion stays a step of its own.")
    )
