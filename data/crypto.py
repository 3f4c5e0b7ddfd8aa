"""Keyed pseudonyms and encryption at rest, behind two small interfaces.

A bureau with a certified crypto machine puts its own `Cipher` here; the default ciphers come
from the library `cryptography`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE, _TAG = 12, 16
_DIGEST, _SHOWN = 32, 20  # bytes of a keyed hash, hex digits of it that a pseudonym shows
_NOT_OPENED = "a value in the vault does not open: it was changed, moved, or is of another key"


class DecryptionError(Exception):
    """Stored bytes do not open with this key, or were changed."""


class Cipher(Protocol):
    """Encrypts values; what `encrypt` gives, only `decrypt` with the same key opens.

    `bound` is what the value belongs to (a person, a file's name): it is not stored, and a value
    that was moved elsewhere does not open there.
    """

    name: str

    def encrypt(self, plain: bytes, bound: bytes = b"") -> bytes:
        """Sealed bytes, different every time."""
        ...

    def encrypt_many(self, values: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
        """`encrypt` of many (plain, bound)."""
        ...

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes:
        """The plain bytes. Raises DecryptionError."""
        ...


def keyed_hash(key: bytes, text: str) -> bytes:
    """HMAC-SM3 of a text, 32 bytes."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(text.encode("utf-8"))
    return mac.finalize()


class Pseudonyms:
    """Turns identifiers into pseudonyms: same key and text, same pseudonym; no way back."""

    def __init__(self, key: bytes, prefix: str) -> None:
        self._mac = hmac.HMAC(key, hashes.SM3())
        self._mac.update(prefix.encode("ascii") + b":")
        self._prefix = prefix

    def of(self, text: str) -> str:
        """Prefix and 20 hex digits of the keyed hash."""
        mac = self._mac.copy()
        mac.update(text.encode("utf-8"))
        return self._prefix + mac.finalize().hex()[:_SHOWN]

    def many(self, texts: Iterable[bytes]) -> list[str]:
        """`of` for many texts, given in UTF-8."""
        begin, found = self._mac.copy, []
        for text in texts:
            mac = begin()
            mac.update(text)
            found.append(mac.finalize())
        digits, prefix = b"".join(found).hex(), self._prefix
        return [prefix + digits[at : at + _SHOWN] for at in range(0, len(digits), 2 * _DIGEST)]


class AesGcm:
    """AES-256-GCM."""

    name = "aes-256-gcm"

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def encrypt(self, plain: bytes, bound: bytes = b"") -> bytes:
        """Nonce, sealed text and tag in one."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, plain, bound)

    def encrypt_many(self, values: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
        """`encrypt` of each; the nonces are drawn together, which halves the time."""
        given, encrypt = list(values), self._aead.encrypt
        drawn = os.urandom(_NONCE * len(given))
        nonces = (drawn[at : at + _NONCE] for at in range(0, len(drawn), _NONCE))
        return [n + encrypt(n, *value) for n, value in zip(nonces, given, strict=True)]

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes:
        """The plain bytes. Raises DecryptionError."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
        except (InvalidTag, ValueError):
            raise DecryptionError(_NOT_OPENED) from None


class Sm4Gcm:
    """SM4-GCM, for places that must use the national algorithms."""

    name = "sm4-gcm"

    def __init__(self, key: bytes) -> None:
        self._key = key[:16]

    def encrypt(self, plain: bytes, bound: bytes = b"") -> bytes:
        """Nonce, tag and sealed text in one."""
        nonce = os.urandom(_NONCE)
        engine = BlockCipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        engine.authenticate_additional_data(bound)
        sealed = engine.update(plain) + engine.finalize()
        return nonce + engine.tag + sealed

    def encrypt_many(self, values: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
        """`encrypt` of each."""
        return [self.encrypt(plain, bound) for plain, bound in values]

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes:
        """The plain bytes. Raises DecryptionError."""
        nonce, tag = sealed[:_NONCE], sealed[_NONCE : _NONCE + _TAG]
        try:
            engine = BlockCipher(algorithms.SM4(self._key), modes.GCM(nonce, tag)).decryptor()
            engine.authenticate_additional_data(bound)
            return engine.update(sealed[_NONCE + _TAG :]) + engine.finalize()
        except (InvalidTag, ValueError):
            raise DecryptionError(_NOT_OPENED) from None


CIPHERS: dict[str, type[AesGcm] | type[Sm4Gcm]] = {c.name: c for c in (AesGcm, Sm4Gcm)}
