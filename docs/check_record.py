"""Check Doudi's record without Doudi: python3 check_record.py RECORD [ANCHORS]

RECORD   a file written by `doudi audit export`, or the SQLite database itself (data/doudi.db)
ANCHORS  the anchors file (<state>/doudi/anchors/….jsonl, or what DOUDI_AUDIT_ANCHOR names)

Needs Python 3.9 and nothing else (for SM3 rows: an OpenSSL that knows it). One line per finding;
exit code 1 when there is any. How the record is made:

- Events are numbered 1, 2, 3 …; `previous` is the hash of the event before (first: 64 zeros).
- `hash` is the digest (`algorithm`: sha256 or sm3) of the JSON object of all other columns, keys
  sorted, no spaces, characters unescaped, in UTF-8.
- Each anchor (seq, hash) was written outside the database while event `seq` was the last. `anchor`
  is the digest of the line's other fields but `stamp`; `previous` is `anchor` of the line before.

What no check can show: a rewrite or truncation of events after the last anchor by somebody who
rules the database. RFC 3161 stamps in the anchors file are not checked here.
"""

import hashlib
import json
import sqlite3
import sys
from pathlib import Path


def digest(values, *without):
    """Digest of the canonical JSON of `values` without some of its fields."""
    kept = {key: value for key, value in values.items() if key not in without}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr)
    known = values["algorithm"] in ("sha256", "sm3")
    return hashlib.new(values["algorithm"], text.encode()).hexdigest() if known else ""


def events(path):
    """Every event, as a dictionary, and last the head (SQLite only) under the key 'head'."""
    if path.open("rb").read(15) != b"SQLite format 3":
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
        return
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.row_factory = sqlite3.Row
    yield from map(dict, database.execute("SELECT * FROM audit_event ORDER BY seq"))
    yield {"head": tuple(database.execute("SELECT seq, hash FROM audit_head").fetchone() or "")}


def read_anchors(path, say):
    """seq -> hash of every anchor; tells of lines that were changed or do not join."""
    found, before = {}, "0" * 64
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        anchor = json.loads(line)
        if anchor["previous"] != before or digest(anchor, "anchor", "stamp") != anchor["anchor"]:
            say(f"anchors, line {number}: changed, or lines before it are missing")
        found[anchor["seq"]], before = anchor["hash"], anchor["anchor"]
    return found


def check(path, anchors, say):
    """Walk over the record once; returns how many events it has."""
    last, before, agreed, count = 0, "0" * 64, 0, 0
    for event in events(path):
        if "head" in event:
            if event["head"] != (last, before):
                say(f"the head says {event['head']}, the last event is {last}: cut or added")
            continue
        seq, stored, count = event["seq"], event["hash"], count + 1
        if seq <= last:
            say(f"event {seq}: out of order")
            continue
        if seq > last + 1:
            say(f"events {last + 1} to {seq - 1}: missing")
        elif event["previous"] != before:
            say(f"events {max(last, 1)} and {seq}: do not join, one was replaced")
        if (computed := digest(event, "hash")) != stored:
            say(f"event {seq}: changed after it was written")
        if (anchored := anchors.pop(seq, None)) and anchored not in (computed, stored):
            say(f"events {agreed + 1} to {seq}: not what was anchored, rewritten from among them")
        elif anchored:
            agreed = seq
        last, before = seq, stored
    if max(anchors, default=0) > last:
        say(f"events {last + 1} to {max(anchors)}: cut off from the end")
    return count


def main(path, anchors_path=None):
    """Print what was found and how many events there are."""
    told = []
    try:
        anchors = read_anchors(Path(anchors_path), told.append) if anchors_path else {}
        count = check(Path(path), anchors, told.append)
    except (OSError, ValueError, KeyError, sqlite3.Error) as error:
        sys.exit(f"cannot read the record or the anchors any further: {error!r}")
    print("\n".join([*told, f"{count} events, {len(told)} findings"]))
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) in (2, 3) else sys.exit(__doc__)
