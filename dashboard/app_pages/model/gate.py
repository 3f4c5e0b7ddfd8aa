"""Putting on the screen whether a model may be promoted, and the figures that decide it."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html
from services import Context
from services.risk_model import Registry


def section(
    here: Context, question: str, content: dict[str, Any], registry: Registry, say: Say
) -> None:
    """The verdict on the waiting version, then the figures of the version shown."""
    told = verdict(here, question, registry, say)
    shown = figures(content.get("gate") or {}, say)
    if not told and not shown:
        return
    st.header(say("May it be promoted?"), anchor=False)
    st.html(told or html.block(html.text(say("No version is waiting for a promotion."))))
    if shown:
        st.caption(say("Figures of version {v}:", v=content.get("version", "–")))
        st.html(shown)


def verdict(here: Context, question: str, registry: Registry, say: Say) -> str:
    """Whether the waiting version may be promoted, and why not, as markup ('' when none waits)."""
    version = registry.challenger
    if not version:
        return ""
    found = services.promotions.against(here, version, question)
    if not found:
        text = say("Version {v} may be promoted: nothing speaks against it.", v=version)
        return html.block(f"<b>{html.text(text)}</b>")
    if services.promotions.refusals(found):
        text = say("Version {v} may not be promoted:", v=version)
    else:
        text = say("Version {v} needs a written reason and a second person:", v=version)
    return html.block(
        f"<b>{html.text(text)}</b>", html.bullets(html.text(say.label(fault)) for fault in found)
    )


def figures(checked: dict[str, Any], say: Say) -> str:
    """The gate's figures in words, as markup ('' when it was not tested)."""
    if not checked.get("tested"):
        return ""
    titles = [say("Check"), say("Value"), say("What it means")]
    return html.table(titles, rows(checked, say), nowrap=(0, 1))


def rows(checked: dict[str, Any], say: Say) -> list[list[str]]:
    """The checks, their values and what these mean; none when it was not tested."""
    if not checked.get("tested"):
        return []
    found = [
        *_gap(checked, "minus_logistic", say("Model − logistic regression"),
              checked.get("n_logistic"), say),
        *_gap(checked, "minus_champion", _champion(checked, say), checked.get("n_champion"), say),
        *_gap(checked, "minus_scorecard", say("Model − rule scorecard"),
              checked.get("n_scorecard"), say),
        *_gap(checked, "truth_minus_logistic", say("Model − logistic, simulated truth"), None, say),
        *_promise(checked, say),
    ]  # fmt: skip
    for name, label, right in (
        ("slope", say("Calibration slope"), say("1 is right; 0.5 to 2 is allowed")),
        ("ece", say("Calibration error"), say("at most 0.05 is allowed")),
    ):
        if checked.get(name) is not None:
            found.append([label, say.number(checked[name], 3), right])
    return found


def _champion(checked: dict[str, Any], say: Say) -> str:
    """Whom the difference is to: the version in use itself, or its way taught the same months."""
    if checked.get("champion_taught_anew"):
        return say("Model − the champion's way, taught the same months")
    return say("Model − champion so far")


def _gap(checked: dict[str, Any], name: str, label: str, n: Any, say: Say) -> list[list[str]]:
    gap, low, high = (checked.get(key) for key in (name, f"{name}_low", f"{name}_high"))
    if gap is None:
        return []
    value = say("{gap} points", gap=say.number(gap * 100, 1, sign=True))
    if low is None or high is None:
        return [[label, value, "–"]]
    ends = {end: say.number(x * 100, 1, sign=True) for end, x in (("low", low), ("high", high))}
    parts = [say("95% interval {low} to {high} points, the same households drawn for both", **ends)]
    if n:
        parts.append(f"n={say.number(n)}")
    luck = say("may be luck either way")
    parts.append(say("clearly better") if low > 0 else say("clearly worse") if high < 0 else luck)
    return [[label, value, say("; ").join(parts)]]


def _promise(checked: dict[str, Any], say: Say) -> list[list[str]]:
    promised, found = checked.get("promised"), checked.get("found")
    if promised is None or found is None:
        return []
    value = say("{gap} points", gap=say.number((promised - found) * 100, 1, sign=True))
    told = say(
        "promised need in {promised} of its picks, visits found {found} ({interval})",
        promised=say.percent(promised),
        found=say.percent(found),
        interval=say.interval(checked.get("found_low"), checked.get("found_high")),
    )
    return [[say("Promised − found"), value, told]]
