"""Which key ring a home's vault opens with, and what to say where it is missing."""

from __future__ import annotations

import logging
from functools import cache

from core.home import Home
from core.keys import FILE_VARIABLE, KeyFile, KeyRing, KeyRingError, KeySource, find_source
from data.crypto import keyed_hash

_log = logging.getLogger(__name__)


class VaultError(Exception):
    """The vault's key is missing, malformed or of another vault; the message says which."""


def old_key(home: Home) -> KeyFile:
    """Where homes from before kept the key: beside what it opens."""
    return KeyFile(home.vault / "key")


def outside_source(home: Home, vault_id: str) -> KeySource:
    """Where the ring of a vault belongs.

    Raises VaultError for a key file inside the data folder, KeyRingError for a wrong setting.
    """
    source = find_source(vault_id)
    if isinstance(source, KeyFile) and source.path.resolve().is_relative_to(home.data.resolve()):
        raise VaultError(
            f"the key file {source.path} lies in the data folder, beside what it opens; "
            f"name one outside {home.data} in {FILE_VARIABLE}"
        )
    return source


def key_source(home: Home, vault_id: str) -> KeySource:
    """Where the ring of a vault comes from: beside the data only while it is nowhere else.

    Raises as `outside_source` does.
    """
    source = outside_source(home, vault_id)
    if not isinstance(source, KeyFile) or source.path.exists() or not old_key(home).path.exists():
        return source
    _warn_once(home)
    return old_key(home)


def ring_of(home: Home, vault_id: str, *, fresh: bool = False) -> KeyRing:
    """The ring of a vault that exists. Raises VaultError, above all when it is missing."""
    try:
        source = key_source(home, vault_id)
        ring = source.read(fresh=fresh)
    except KeyRingError as error:
        raise VaultError(str(error)) from None
    if ring is None:
        raise VaultError(
            f"the key of the vault is missing: no file {source.where}; restore it from your "
            f"backup of the key, or name it in {FILE_VARIABLE} (a new key would open nothing)"
        )
    return ring


def check_of(key: bytes) -> str:
    """What tells a vault's own key from another; nothing can be opened with it."""
    return keyed_hash(key, "vault check").hex()


@cache
def _warn_once(home: Home) -> None:
    _log.warning(
        "the key of the vault lies beside the data it opens, in %s; "
        "run 'doudi vault move-key' to move it out",
        old_key(home).path,
    )
