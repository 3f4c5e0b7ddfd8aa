"""The code version of a feature: a digest of how it is declared and of what it is computed from.

Two trainings whose features carry the same digests computed them the same way. Helpers of the
engine that a declaration calls are not in it: the commit kept with a run says those.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from functools import lru_cache

from features.engine.feature import Feature, registry

DIGITS = 12


@lru_cache(maxsize=4096)
def code_version(name: str) -> str:
    """Digest of a feature's declaration and, in turn, of the features it uses; '' for an unknown.

    Features that come with the population are digested by what the catalogue says of them.
    """
    known = registry().features
    if name not in known:
        return ""
    lines = [_declared(known[one]) for one in sorted(registry().closure([name]))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGITS]


def _declared(feature: Feature) -> str:
    """One feature's declaration as text: what changes its values, not what it is called."""
    said = [feature.name, feature.level, feature.kind, list(feature.feeds), feature.dtype,
            feature.missing, list(feature.uses), feature.months, feature.ago,
            list(feature.household_columns), feature.include_departed, feature.counted,
            feature.description]  # fmt: skip
    return json.dumps([*said, _source(feature)], ensure_ascii=False, default=str)


def _source(feature: Feature) -> str:
    if feature.function is None:
        return ""
    try:
        return inspect.getsource(feature.function)
    except (OSError, TypeError):
        # Run without its source: the compiled steps say the same for one version of Python.
        code = getattr(feature.function, "__code__", None)
        return code.co_code.hex() if code else ""
