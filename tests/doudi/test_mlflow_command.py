"""`doudi mlflow`: MLflow's own pages, on this machine only, or one line that says why not."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from core.home import Home
from doudi.commands import mlflow
from models.risk.errors import RiskError


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return Home(tmp_path)


def trained(home: Home) -> Home:
    home.mlruns.mkdir(parents=True)
    (home.mlruns / "mlflow.db").touch()
    return home


def test_a_home_that_never_trained_is_told_in_one_line(home) -> None:
    with pytest.raises(RiskError, match="no MLflow store to open; run 'doudi train'") as refused:
        mlflow.check(home, 5000)
    assert "\n" not in str(refused.value)
    assert not home.mlruns.exists()


def test_a_port_in_use_is_told(home) -> None:
    with socket.socket() as other:
        other.bind((mlflow.HERE, 0))
        other.listen()
        with pytest.raises(RiskError, match="choose another with --port"):
            mlflow.check(trained(home), other.getsockname()[1])


def test_a_server_has_pages_of_its_own(home, monkeypatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://models.county:5000")
    with pytest.raises(RiskError, match=r"on the server http://models\.county:5000"):
        mlflow.check(home, 5000)


def test_it_listens_on_this_machine_only(home) -> None:
    words = mlflow.command(trained(home), 5017)
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--port") + 1] == "5017"
    assert words[words.index("--backend-store-uri") + 1].endswith("/mlruns/mlflow.db")


@pytest.mark.slow
def test_the_pages_open(home) -> None:
    from models.risk.tracking import open_client

    open_client(home)
    with socket.socket() as free:
        free.bind((mlflow.HERE, 0))
        port = free.getsockname()[1]
    told = [
        sys.executable,
        "-m",
        "doudi.cli",
        "mlflow",
        "--home",
        str(home.root),
        "--port",
        str(port),
    ]
    server = subprocess.Popen(told, start_new_session=True)
    try:
        assert "MLflow" in answered(f"http://{mlflow.HERE}:{port}/")
    finally:
        subprocess.run(["kill", "--", f"-{server.pid}"], check=False)
        server.wait()


def answered(address: str) -> str:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address) as page:  # noqa: S310 - our own address
                return page.read().decode()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing answered at {address}")
