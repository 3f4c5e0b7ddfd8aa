"""What every test shares."""

from __future__ import annotations

import os

# A test never talks to a tracking server or reports usage, whatever the developer's shell says.
os.environ.pop("MLFLOW_TRACKING_URI", None)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
# Test workers share two processors; spinning threads would starve each other.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
