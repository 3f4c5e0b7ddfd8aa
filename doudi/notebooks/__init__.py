"""What notebooks stand on: a home to look at, a scratch home to train in, the real panel.

`python -m doudi.notebooks` executes them (see `running`).
"""

from doudi.notebooks.opening import NoCounty, NoPanel, note, open_home, open_panel, scratch_home

__all__ = ["NoCounty", "NoPanel", "note", "open_home", "open_panel", "scratch_home"]
