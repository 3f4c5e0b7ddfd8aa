"""The rows of the study's table: what each measure is called, which way is better, what we aim at.

Aims are those of the alert issue, for the calm setting; a measure without one is told all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

UP, DOWN, NEITHER = 1, -1, 0
AIMED_AT = "calm"


@dataclass(frozen=True)
class Row:
    """One measure. `better` is UP, DOWN or NEITHER; `aim` its value on the good side."""

    key: str
    label: str
    better: int = UP
    aim: float | None = None
    share: bool = True


TABLES: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Alerts and visits",
        (
            Row("precision_steady", "precision, last six months whose visits are due", UP, 0.65),
            Row("precision_steady_all", "the same with the coming and the audit sample"),
            Row("precision_truth", "share of alerts truly in need in the month of the visit"),
            Row("precision_red", "precision, red"),
            Row("precision_orange", "precision, orange"),
            Row("precision_yellow", "precision, yellow"),
            Row("precision_blue", "precision, blue"),
            Row("precision_falls_by_band", "counties where it falls from red to blue", UP, 1.0),
            Row("share_red", "watched households in red", DOWN, 0.01),
            Row("precision_event", "precision, event lane"),
            Row("precision_rule", "precision, rule lane"),
            Row("precision_risk", "precision, model's lane"),
            Row("precision_secured", "precision, still in difficulty despite aid"),
            Row("precision_audit", "found in the audit sample", NEITHER),
            Row("precision_explore", "found among the never visited", NEITHER),
            Row("alerts", "alerts in the year", NEITHER, share=False),
            Row("visits", "visits in the year", DOWN, share=False),
            Row("visits_per_found", "visits for each family found", DOWN, share=False),
            Row("promised_minus_realised", "promised minus found", NEITHER),
        ),
    ),
    (
        "Families in true unmet need that year",
        (
            Row("recall_year", "alerted in need or at most six months before", UP, 0.70),
            Row("alerted_year", "alerted at any time of the year"),
            Row("confirmed_year", "confirmed"),
            Row("recall_within_3m_of_onset", "alerted within three months of the onset"),
            Row("recall_at_risk", "alerted, of those at risk"),
            Row("recall_secured", "alerted, of those on Dibao or Tekun"),
            Row("recall_unwatched", "alerted, of those unwatched"),
            Row("recall_audit", "recall, estimated from the audit sample", NEITHER),
            Row("recall_true", "the true recall of the same kind", NEITHER),
            Row(
                "recall_audit_holds",
                "counties whose interval holds the true recall",
                UP,
                1.0,
            ),
            Row("need_avoided", "family-months of unmet need avoided"),
            Row(
                "need_avoided_of_oracle",
                "share of what the oracle avoids, avoided",
                UP,
                0.80,
            ),
            Row("unmet_family_months", "family-months of unmet need", DOWN, share=False),
            Row(
                "unmet_share_secured",
                "unmet family-months: on Dibao or Tekun",
                NEITHER,
            ),
            Row("unmet_share_unwatched", "unmet family-months: unwatched", NEITHER),
        ),
    ),
    (
        "Emergencies (F02, A02, A08, D04)",
        (
            Row("urgent_alerted", "alerts in the run that first saw them", UP, 0.99),
            Row("urgent_within_the_year", "alerts at any later time of the year"),
            Row("urgent_in_time", "visited within the two working days", UP, 0.90),
            Row("red_in_time", "red alerts visited within two working days"),
            Row("urgent_n", "fresh facts, families not served yet", NEITHER, share=False),
            Row("urgent_served", "fresh facts of families served already", NEITHER, share=False),
        ),
    ),
    (
        "The two questions",
        (
            Row("existing_model", "existing: precision at capacity"),
            Row("existing_share_of_oracle", "existing: share of what the truth allows"),
            Row("coming_model", "coming: precision at capacity"),
            Row("coming_oracle", "coming: the oracle's", NEITHER),
            Row("coming_share_of_oracle", "coming: share of the oracle reached", UP, 0.75),
            Row(
                "coming_share_of_oracle_expected",
                "coming: the same by futures, not luck",
            ),
            Row("coming_share_of_oracle_top5", "coming: the same at five visits in a hundred"),
            Row("lead_months_median", "months from a coming alert to the onset", UP, share=False),
            Row("coming_already_in_need", "coming alerts to families in need already", DOWN),
            Row("model_minus_logistic", "LightGBM − logistic at capacity, existing", UP),
            Row("model_minus_logistic_low", "existing: low end of the paired interval", UP, 0.0),
            Row(
                "reported_model_minus_logistic",
                "LightGBM − logistic as training reported",
            ),
            Row("model_minus_logistic_coming", "LightGBM − logistic at capacity, coming"),
            Row("model_minus_logistic_coming_low", "coming: low end of the paired interval"),
        ),
    ),
)


def reached(row: Row, value: float) -> bool | None:
    """Whether the mean is on the good side of the aim; None without an aim."""
    if row.aim is None:
        return None
    return value >= row.aim if row.better == UP else value <= row.aim
