"""Turning an exception into the one line a user reads."""

from __future__ import annotations

# Our own errors carry a sentence written for the user; anything else is a defect of ours.
OURS = {"core", "data", "features", "models", "alerts", "services", "api", "dashboard", "doudi"}
OURS |= {"simulator", "benchmarks"}


def explain_error(error: BaseException) -> str:
    """One line for `error`: its own words if it is ours, else what to send to the maintainers."""
    text = " ".join(str(error).split())
    if type(error).__module__.split(".")[0] in OURS:
        return text
    if isinstance(error, FileNotFoundError):
        return f"no such file or folder: {error.filename}"
    if isinstance(error, PermissionError):
        return f"not allowed to open {error.filename}; check who owns it"
    from data.ingest.storage import storage_trouble

    if trouble := storage_trouble(error):
        return trouble.en
    return f"unexpected {type(error).__name__}: {text[:200]} (run again with --debug for details)"
