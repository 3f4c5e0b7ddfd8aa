"""In process (办理中): families whom the bureau already knows to be in need, and is on it.

They are followed, not raised again: an application under way, or a visit that found need and is
not yet answered. Open alert cases are the third kind; the alerts room adds those itself.
"""

from __future__ import annotations

from features.engine import derived, latest, source

visits = source("home_visits", entity="household", standards=True)


@visits.feature(
    months=3,
    missing=False,
    category="G",
    for_model=False,
    zh="近3个月申请核查",
    en="Visited for an application, 3 months",
)
def application_visit_3m(v):
    """A visit within three months that checked an application."""
    return (v.visit_reason == "application").any()


@visits.feature(
    months=6,
    missing=False,
    category="G",
    for_model=False,
    zh="近6个月走访发现困难",
    en="Found in need, 6 months",
)
def found_in_need_6m(v):
    """A visit within six months found an unmet need."""
    return v.unmet_need.any()


@visits.feature(
    months=6,
    missing=None,
    category="G",
    for_model=False,
    zh="近6个月最近走访结论",
    en="Finding of the newest visit, 6 months",
)
def newest_finding_6m(v):
    """Whether the newest visit within six months that asked found an unmet need."""
    return latest(v, v.unmet_need)


@derived(
    level="household", category="G", missing=False, for_model=False, zh="办理中", en="In process"
)
def in_process(h):
    """An application visit within three months, or a visit that found need within six."""
    return h.application_visit_3m.fill_null(False) | h.found_in_need_6m.fill_null(False)
