"""The words of the upload page: collected for the catalogue like those of every page."""

from __future__ import annotations

from dashboard.i18n import mark

WORDS = [
    mark("Upload department files"),
    mark("Back to the feeds"),
    mark("Choose files, or drop them here"),
    mark(
        "CSV, Excel or Parquet. A file is sent in pieces: when the line breaks, choose it again "
        "and it goes on where it stopped."
    ),
    mark("Waiting"),
    mark("Sending: {percent} %"),
    mark("Being checked…"),
    mark("Stopped: {why}"),
    mark("No answer from the server; trying again…"),
    mark("Try again"),
    mark("Remove"),
    mark("Arrived, but no feed knows its name. Say what it is on the page of feeds."),
    mark("Say what it is"),
    mark("Signed out. Sign in and choose the file again; it goes on where it stopped."),
    mark("Sign in"),
    mark("This page needs JavaScript"),
]
