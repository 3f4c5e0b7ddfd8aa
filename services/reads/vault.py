"""Opening the vault for a page: what goes wrong with its key is told in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Told
from core.keys import KeyRingError
from data.crypto import DecryptionError
from data.vault import VaultError


class VaultClosed(Told):
    """The vault does not open: its key is missing, wrong, or open to others."""


@contextmanager
def told() -> Iterator[None]:
    """Turn the vault's errors, which are written for whoever keeps the server, into told ones."""
    try:
        yield
    except (VaultError, KeyRingError, DecryptionError) as error:
        raise VaultClosed(
            f"个人信息库打不开，请联系系统管理员在服务器上检查密钥：{error}",
            f"the vault does not open; the administrator must look at its key on the server: "
            f"{error}",
        ) from error
