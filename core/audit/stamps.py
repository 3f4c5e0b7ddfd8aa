"""RFC 3161 time stamps on anchors: a trusted clock's word that a head existed by a moment.

Optional: needs the package rfc3161-client and the address of an authority in DOUDI_AUDIT_TSA. The
check needs the authority's root certificates (PEM) in the file named by DOUDI_AUDIT_TSA_ROOTS.
"""

from __future__ import annotations

import base64
import importlib
import os
import urllib.request
from pathlib import Path
from typing import Any

from cryptography import x509

URL_VARIABLE = "DOUDI_AUDIT_TSA"
ROOTS_VARIABLE = "DOUDI_AUDIT_TSA_ROOTS"
_SECONDS = 20
_MOST_BYTES = 64 * 1024


class StampFailed(Exception):
    """No time stamp was had; one line that says why."""


def stamp(digest: str, url: str) -> str:
    """The authority's answer for a digest (its hexadecimal text is what is stamped), base64.

    Raises StampFailed.
    """
    client = _client()
    if not url.startswith(("https://", "http://")):
        raise StampFailed(f"{URL_VARIABLE} must be an http(s) address, not '{url}'")
    request = client.TimestampRequestBuilder(
        digest.encode(), client.HashAlgorithm.SHA256, nonce=True, cert_req=True
    ).build()
    asked = urllib.request.Request(  # noqa: S310 - the operator's own setting, checked above
        url, request.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310
            data = answer.read(_MOST_BYTES)
        response = client.decode_timestamp_response(data)
        if response.status not in (0, 1) or response.tst_info.nonce != request.nonce:
            raise StampFailed(f"{url} refused to stamp: {' '.join(response.status_string)}")
    except (OSError, ValueError) as error:
        raise StampFailed(f"{url} gave no time stamp: {error}") from error
    return base64.b64encode(data).decode()


def fault(given: str, digest: str) -> str | None:
    """What is wrong with a stamp on a digest; None when it is good.

    Raises StampFailed where it cannot be checked: no package, no roots.
    """
    client = _client()
    roots = _roots()
    try:
        response = client.decode_timestamp_response(base64.b64decode(given))
        builder = client.VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(response, digest.encode())
    except (ValueError, client.VerificationError) as error:
        return str(error)
    return None


def _client() -> Any:
    try:
        return importlib.import_module("rfc3161_client")
    except ImportError as error:
        raise StampFailed("time stamps need the package rfc3161-client; install it") from error


def _roots() -> list[x509.Certificate]:
    named = os.environ.get(ROOTS_VARIABLE, "")
    if not named:
        raise StampFailed(f"name the authority's root certificates in {ROOTS_VARIABLE}")
    try:
        return x509.load_pem_x509_certificates(Path(named).read_bytes())
    except (OSError, ValueError) as error:
        raise StampFailed(f"{ROOTS_VARIABLE} '{named}' cannot be read: {error}") from error
