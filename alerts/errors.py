"""Errors of the alerts room: each says what is wrong and what would be right, in two languages."""

from __future__ import annotations

from core.errors import Told
from core.words import Text
from core.workflow import errors


class AlertsError(Told):
    """Base of every error of this room."""


class MoveRefused(AlertsError, errors.MoveRefused):
    """The life of an alert does not allow this action now; the message lists what it allows."""


class AlertChanged(AlertsError, errors.CaseChanged):
    """Someone else changed the alert after this page was read; look again before acting."""

    what = Text("预警", "alert")


class AlertNotFound(AlertsError, errors.CaseNotFound):
    """No alert (or need) with that number."""


class PrivateDataRefused(AlertsError):
    """A note holds an ID number or a phone number, which this store must never keep."""


class PolicyError(AlertsError):
    """The alert policy file has a wrong or missing value; the message names it."""
