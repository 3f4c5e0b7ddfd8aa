"""Whose word on a reader's address and scheme is believed: DOUDI_TRUSTED_PROXIES, nobody else's."""

from __future__ import annotations

import os
from ipaddress import ip_network

from core.errors import Told

_VARIABLE = "FORWARDED_ALLOW_IPS"  # uvicorn reads it when it starts to serve; it believes itself


class ProxyError(Told):
    """DOUDI_TRUSTED_PROXIES is no list of addresses."""


def believe_only(trusted: str) -> None:
    """Believe X-Forwarded-For and -Proto from these addresses and networks, separated by commas.

    Whatever stands in uvicorn's own variable is overruled: it would believe every program on this
    machine, and '*' everybody. Raises ProxyError.
    """
    named = [part.strip() for part in trusted.split(",") if part.strip()]
    for part in named:
        try:
            ip_network(part)
        except ValueError:
            raise ProxyError(
                f"DOUDI_TRUSTED_PROXIES 中的“{part}”不是 IP 地址或网段",
                f"'{part}' in DOUDI_TRUSTED_PROXIES is no IP address or network",
            ) from None
    os.environ[_VARIABLE] = ",".join(named)
