"""The words of the phone's page: collected for the catalogue like those of every page."""

from __future__ import annotations

from dashboard.i18n import mark

WORDS = [
    mark("My tasks"),
    mark("To the desk"),
    mark("Back to the list"),
    mark("{n} households, due first"),
    mark("{n} of {total} households, due first"),
    mark("Nothing to visit now. Alerts sent to your area appear here; pull them with Refresh."),
    mark("The list has not been loaded on this phone yet. Connect once and press Refresh."),
    mark("overdue"),
    mark("due soon"),
    mark("in time"),
    mark("Due"),
    mark("urgent"),
    mark("Refresh"),
    mark("No network. What you write is kept here and sent later."),
    mark("Everything is sent."),
    mark("Entries waiting to be sent: {n}"),
    mark("Sending…"),
    mark("Signed out. What you wrote is kept here; sign in to send it."),
    mark("Sign in"),
    mark("Sign out"),
    mark("The server did not answer. What you wrote is kept; try again later."),
    mark("This phone cannot keep what you type: {why}. Write on paper or use another browser."),
    mark("{n} entries of account {account} wait for that account to sign in here."),
    mark("Who lives there"),
    mark("{age} years"),
    mark("disabled"),
    mark("not met {n}×"),
    mark("Why the alert was raised, and what to check"),
    mark("Checked on site"),
    mark("Is it true?"),
    mark("What the visit found"),
    mark("Why it was false"),
    mark("Each need"),
    mark("Note (optional; no names, ID or phone numbers)"),
    mark("Record this result"),
    mark("Choose what the visit found first."),
    mark("Say why the alert was false."),
    mark("Confirm at least one need, or choose another result."),
    mark("Answer for each need."),
    mark("Photos (optional, at most {n})"),
    mark(
        "With the family's consent only; of the house or papers rather than of people. Kept "
        "encrypted for {n} months; every look at one is recorded."
    ),
    mark(
        "This page came without TLS, so photos wait unencrypted on this phone until they are sent."
    ),
    mark("Photos sent: {n}"),
    mark("Take or choose a photo"),
    mark("Photo {n}, waiting to be sent"),
    mark("Remove this photo"),
    mark("A photo was not accepted: {why}"),
    mark("This file is no picture that can be read. Take or choose another one."),
    mark("Recorded on this phone; waiting to be sent."),
    mark("Recorded: {result}"),
    mark("Not accepted: {why}"),
    mark("Change and record again"),
    mark("Two values were written; one must be chosen at the desk."),
    mark("{who}, {when}"),
    mark("Settle at the desk"),
    mark("Take along"),
    mark("Name, address and phone"),
    mark(
        "Names, address and phone are shown for a stated purpose. It is recorded and counts "
        "against your {n} households a day. They are wiped from this phone with the result, when "
        "you sign out, and after 24 hours."
    ),
    mark("Accept this case"),
    mark("Send this case back"),
    mark(
        "What a village sends back goes to its township, what a township sends back to the county "
        "team."
    ),
    mark("Why (no names, ID or phone numbers)"),
    mark("Say in one sentence why it is sent back."),
    mark("“{step}” is kept on this phone; waiting to be sent."),
    mark("“{step}” was not accepted: {why}"),
    mark("Done: {step}"),
    mark("Preparing a visit"),
    mark("Calling the family"),
    mark("Checking an identity on site"),
    mark("Wipe from this phone"),
    mark("The vault knows nobody of this household."),
    mark("Taking names along needs the network."),
    mark("On this phone until {when}"),
    mark("Shown until this page is closed"),
    mark("Only seen here: needs are settled at the desk."),
    mark("Note"),
    mark("Result"),
    mark("Cause"),
    mark("nothing"),
]
