"""Precision: how often the alerts were right, and how sure we can be."""

import streamlit as st

from dashboard import charts, services
from dashboard.charts.style import CONFIG
from dashboard.show import html, shell, trust

here, say = shell.here(), shell.say()

st.title(say("Precision"), anchor=False)
denominator = st.segmented_control(
    say("Denominator"),
    list(trust.DENOMINATORS),
    default=services.trust.DENOMINATOR,
    format_func=lambda d: say(trust.DENOMINATORS[d]),
    required=True,
    key="precision_denominator",
    persist_state="session",
)
found = services.trust.overall(*here, denominator)
st.html(html.answer(trust.sentence(found, denominator, say)))
st.caption(say(trust.MEANINGS[denominator]))
st.download_button(
    say("Download Excel"),
    lambda: trust.workbook(here, denominator, say),
    file_name=f"doudi-precision-{here.as_of:%Y-%m}.xlsx",
    icon=":material/download:",
    key="precision_download",
    on_click="ignore",
)

left, right = st.columns([3, 2], gap="large")
with left, shell.section(say("By month of the alert")):
    reference = (services.trust.reference().precision, trust.reference_label(say))
    chart = charts.trend(trust.monthly(here, denominator), say, reference)
    st.plotly_chart(chart, config=CONFIG, key="precision_trend", theme=None)
    st.caption(trust.reference_note(say))
with right, shell.section(say("Predicted risk and what visits confirmed")):
    frame = services.trust.risk_against_outcome(*here)
    chart = charts.reliability(frame, say)
    st.plotly_chart(chart, config=CONFIG, key="precision_risk", theme=None)
    st.caption(
        say("Verified alerts with a risk only. On the dashed line, prediction and finding agree.")
    )

left, right = st.columns(2, gap="large")
for number, (by, title) in enumerate(trust.GROUPS.items()):
    with (left, right)[number % 2], shell.section(say(title)):
        frame = trust.grouped(here, by, denominator, say)
        chart = charts.dots(frame, say, found.share)
        st.plotly_chart(chart, config=CONFIG, key=f"precision_{by}", theme=None)
        with st.expander(say("Figures")):
            st.html(trust.table(frame, say("Group"), say))
with right, shell.section(say("Why alerts were false")):
    frame = trust.why_false(here, say)
    if frame.empty:
        st.caption(say("No false alarm was recorded in these twelve months."))
    else:
        chart = charts.causes(frame, say)
        st.plotly_chart(chart, config=CONFIG, key="precision_causes", theme=None)
st.caption(say("Hollow grey dots: fewer than 10 cases; read them as hints only."))
