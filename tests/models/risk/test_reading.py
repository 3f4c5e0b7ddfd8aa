"""Faster ways give the same to the last bit: reading profiles, asking several scorers at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from models.risk.baselines import fit_baselines
from models.risk.dataset import slim, slim_table
from models.risk.scored import predictions
from tests.models.risk.conftest import FEATURES


def test_a_table_becomes_the_same_frame_whichever_way() -> None:
    table = pa.table(
        {
            "household": ["a", "b", "c"],
            "money": pa.array([1.1, None, 3e9]),
            "count": pa.array([1, None, 3], pa.int64()),
            "whole": pa.array([1, 2, 3], pa.int8()),
            "flag": pa.array([True, None, False]),
            "word": pa.array(["coal", None, "gas"]),
            "never": pa.array([None, None, None], pa.string()),
        }
    )
    names = ["money", "count", "whole", "flag", "word", "never", "not there"]
    fast, slow = slim_table(table, names), slim(table.to_pandas(), names)
    pd.testing.assert_frame_equal(fast[sorted(fast)], slow[sorted(slow)])
    assert fast["money"].dtype == fast["flag"].dtype == np.float32


def test_scorers_asked_together_answer_as_each_alone(fitted, frame, masks, monkeypatch) -> None:
    simple = fit_baselines(frame, fitted.encoder, **masks)
    product = replace(fitted, report={"known_by": "2024-01-31"})
    scorers = {"model": product, "lightgbm": fitted, **{b.name: b for b in simple}}
    alone = {name: one.predict(frame) for name, one in scorers.items()}
    encoded = []
    encode = type(fitted.encoder).encode
    monkeypatch.setattr(
        type(fitted.encoder), "encode", lambda own, part: encoded.append(1) or encode(own, part)
    )
    found = predictions(frame, scorers)
    assert list(found) == list(alone)
    assert all(np.array_equal(found[name], alone[name]) for name in alone)
    assert len(encoded) == 1
    lacking = predictions(frame.drop(columns=FEATURES[0]), scorers)
    assert lacking == {}
