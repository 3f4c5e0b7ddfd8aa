"""Which OpenID Connect provider vouches for the county's accounts: settings from the environment.

Without DOUDI_OIDC_ISSUER there is none, and nothing at the door changes.
"""

from __future__ import annotations

import logging
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import Told

LOG = logging.getLogger("doudi.door")
CALLBACK = "/door/oidc/callback"
SHORTEST_SECRET = 32
_NEEDED = ("client_id", "redirect_uri", "cookie_secret")


class ProviderError(Told):
    """The provider is set up wrongly, cannot be reached, or what it answered cannot be trusted."""


class Provider(BaseSettings):
    """The provider and how we are known to it.

    `redirect_uri` is the address of this site, as browsers know it, with /door/oidc/callback.
    `cookie_secret` seals the round trip's state in the browser: the same on every replica.
    """

    model_config = SettingsConfigDict(env_prefix="DOUDI_OIDC_", frozen=True, env_ignore_empty=True)

    issuer: Annotated[str, Field(description="the provider, as its tokens name it")] = ""
    metadata_url: Annotated[str, Field(description="its discovery document, if elsewhere")] = ""
    client_id: Annotated[str, Field(description="our name at the provider")] = ""
    client_secret: Annotated[SecretStr, Field(description="our secret at the provider")] = (
        SecretStr("")
    )
    redirect_uri: Annotated[str, Field(description="this site's address of the callback")] = ""
    cookie_secret: Annotated[SecretStr, Field(description="32 random characters or more")] = (
        SecretStr("")
    )
    scope: Annotated[str, Field(description="what is asked for")] = "openid email profile"
    match: Annotated[
        Literal["", "email", "preferred_username"],
        Field(description="how an account without password is found at its first sign-in"),
    ] = ""
    prompt: Annotated[
        Literal["login", "select_account", "none", ""],
        Field(description="'login': the provider asks for the password again each time"),
    ] = "login"
    until: Annotated[
        Literal["token", "limit"],
        Field(description="'token': a sign-in ends when the identity token does; 'limit': 8 h"),
    ] = "token"

    @property
    def discovery(self) -> str:
        """Address of the discovery document."""
        return self.metadata_url or f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    @property
    def over_tls(self) -> bool:
        """Whether browsers reach this site over TLS."""
        return urlsplit(self.redirect_uri).scheme == "https"

    @property
    def after_sign_out(self) -> str:
        """Where the provider sends a browser that it has signed out; to be registered there."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}/door/sign-in"


def provider() -> Provider | None:
    """The provider of this installation; None where there is none.

    Raises ProviderError for settings that cannot work, naming the variable.
    """
    try:
        found = Provider()
    except ValidationError as error:
        name = "DOUDI_OIDC_" + str(error.errors()[0]["loc"][0]).upper()
        raise ProviderError(
            f"{name} 的值不能用，可用的值见 docs/security.zh-CN.md",
            f"the value of {name} cannot be used; docs/security.md lists what can",
        ) from None
    if not found.issuer:
        return None
    _check(found)
    return found


def offered() -> Provider | None:
    """The provider; None where there is none, or one set up wrongly (which is logged)."""
    try:
        return provider()
    except ProviderError as error:
        LOG.error("%s", error)
        return None


def _check(found: Provider) -> None:
    missing = [f"DOUDI_OIDC_{name.upper()}" for name in _NEEDED if not _plain(found, name)]
    if missing:
        raise ProviderError(
            f"已设置 DOUDI_OIDC_ISSUER，还需设置 {'、'.join(missing)}",
            f"DOUDI_OIDC_ISSUER is set; {' and '.join(missing)} must be set too",
        )
    if len(_plain(found, "cookie_secret")) < SHORTEST_SECRET:
        raise ProviderError(
            f"DOUDI_OIDC_COOKIE_SECRET 至少 {SHORTEST_SECRET} 个随机字符",
            f"DOUDI_OIDC_COOKIE_SECRET needs at least {SHORTEST_SECRET} random characters",
        )
    if urlsplit(found.redirect_uri).path != CALLBACK:
        raise ProviderError(
            f"DOUDI_OIDC_REDIRECT_URI 应为本站网址加 {CALLBACK}",
            f"DOUDI_OIDC_REDIRECT_URI must be this site's address with {CALLBACK}",
        )
    for name in ("issuer", "discovery"):
        parts = urlsplit(str(getattr(found, name)))
        own = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and own):
            raise ProviderError(
                "身份提供方的网址必须以 https:// 开头",
                "the provider's address must begin with https://",
            )


def _plain(found: Provider, name: str) -> str:
    value = getattr(found, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
