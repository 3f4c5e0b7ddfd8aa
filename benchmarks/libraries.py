"""Seconds of the processor spent inside calls to LightGBM and scikit-learn, while a block runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import lightgbm as lgb
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

CALLS = (
    (lgb, "train", "lightgbm train"),
    (lgb.Dataset, "construct", "lightgbm bin"),
    (lgb.Booster, "predict", "lightgbm predict"),
    (Pipeline, "fit", "scikit-learn fit"),
    (ColumnTransformer, "transform", "scikit-learn predict"),
    (LogisticRegression, "predict_proba", "scikit-learn predict"),
)


def clock() -> float:
    """Seconds of the processor: of the whole process in its main thread, where a library may use
    threads of its own, else of the calling thread alone."""
    main = threading.current_thread() is threading.main_thread()
    return time.process_time() if main else time.thread_time()


@contextmanager
def counted() -> Iterator[dict[str, float]]:
    """Seconds by kind of call, filled while the block runs; calls within calls count once."""
    seconds: dict[str, float] = {}
    busy = threading.local()

    def around(call: Callable[..., Any], kind: str) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            if getattr(busy, "inside", False):
                return call(*given, **named)
            busy.inside, start = True, clock()
            try:
                return call(*given, **named)
            finally:
                name = "shap" if named.get("pred_contrib") else kind
                seconds[name] = seconds.get(name, 0.0) + clock() - start
                busy.inside = False

        return timed

    before = [(owner, name, getattr(owner, name)) for owner, name, _ in CALLS]
    for (owner, name, call), (_, _, kind) in zip(before, CALLS, strict=True):
        setattr(owner, name, around(call, kind))
    try:
        yield seconds
    finally:
        for owner, name, call in before:
            setattr(owner, name, call)
