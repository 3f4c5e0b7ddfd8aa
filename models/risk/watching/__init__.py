"""Watching the model live: have its inputs moved, does it still keep what it promises, and why.

`shift` compares features with those the model learned from and with the same month a year ago;
`volumes` looks at what departments delivered, `flows` at how often things happen; `verdict` tells
a broken feed from a changed world; `scores` and `ripening` follow the risks and what visits found
of them; `expected` says what the picks of a month should find before anybody went. `report` puts a
month together.
"""

from __future__ import annotations

from models.risk.watching.report import file_of, read_watch, watch_month

__all__ = ["file_of", "read_watch", "watch_month"]
