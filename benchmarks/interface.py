"""Time the interface for other systems: one call at a time, within the process.

python benchmarks/interface.py --home DIR [--calls 100]

Makes a token on the county (a synthetic one) and ends it afterwards. A call counts from request to
answer with everything the gate does: token, rate, use case, record.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from uuid import uuid4

from starlette.testclient import TestClient

from core.access.areas import COUNTY
from core.access.principal import Grant
from core.access.roles import Action, Role
from services import operator

SCOPES = [Action.SEE_ALERTS, Action.SEE_HOUSEHOLD, Action.SEE_FIGURES, Action.SEE_FEEDS]


def main() -> None:
    """Print the milliseconds of each operation: the first call, the median, the slowest of 100."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--calls", type=int, default=100)
    given = asked.parse_args()
    home = str(given.home.resolve())
    os.environ |= {"DOUDI_HOME": home, "DOUDI_API_CALLS_PER_MINUTE": "60000"}
    from api.app import app

    name = f"sys-{uuid4().hex[:8]}"
    grants = [Grant(Role.DISPATCHER, COUNTY)]
    drawn = operator.make_token(home, name, "benchmark", SCOPES, grants, 1)
    client = TestClient(app, headers={"authorization": f"Bearer {drawn.text}"})
    try:
        alerts = client.get("/v1/alerts?limit=200").json()["alerts"]
        paths = ["/v1/alerts?limit=200", "/v1/alerts?limit=20&open=true", "/v1/precision"]
        paths += ["/v1/feeds", f"/v1/households/{alerts[0]['household']}"]
        for path in paths:
            first, *others = (_timed(client, path) for _ in range(given.calls))
            print(
                f"{path.partition('?')[0].split('/h')[0]:20} first {first:6.0f} ms, median "
                f"{statistics.median(others):5.1f} ms, slowest {max(others):5.0f} ms"
            )
    finally:
        operator.withdraw_token(home, drawn.id)


def _timed(client: TestClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.text}")
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
