"""The round trip to the provider through Authlib: authorization code with PKCE, state and nonce.

What must hold of the identity token is asked here, for every provider alike: signed with a key of
the provider's (no shared secret, not unsigned), by this issuer, for us, in answer to this very
request, not expired, and after a fresh password where one was asked for.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from starlette.requests import Request
from starlette.responses import Response

from dashboard.door.oidc_settings import Provider, ProviderError
from services.vouching import Vouched

NAME = "county"
LEEWAY = 30  # seconds two clocks may differ
FRESH = 15 * 60  # seconds since the password was asked for
PATIENCE = 10  # seconds to wait for the provider
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


@lru_cache(maxsize=4)
def _client(provider: Provider) -> StarletteOAuth2App:
    client: StarletteOAuth2App = OAuth().register(
        NAME,
        client_id=provider.client_id,
        client_secret=provider.client_secret.get_secret_value() or None,
        server_metadata_url=provider.discovery,
        client_kwargs={
            "scope": provider.scope,
            "code_challenge_method": "S256",
            "timeout": PATIENCE,
        },
    )
    return client


async def _known(provider: Provider) -> tuple[StarletteOAuth2App, dict[str, Any]]:
    """The client and what the provider says about itself, checked against our settings."""
    client = _client(provider)
    told = await client.load_server_metadata()
    if told.get("issuer") != provider.issuer:
        _client.cache_clear()
        raise ProviderError(
            "身份提供方自报的名称与 DOUDI_OIDC_ISSUER 不符",
            f"the provider calls itself {told.get('issuer')!r}, not as DOUDI_OIDC_ISSUER says",
        )
    offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    told["id_token_signing_alg_values_supported"] = [a for a in offered if a in SIGNATURES]
    return client, told


async def to_the_provider(provider: Provider, request: Request, language: str) -> Response:
    """A redirect to the provider's sign-in; state, nonce and verifier go into `request.session`."""
    client, _ = await _known(provider)
    asked = {"ui_locales": "zh-CN" if language == "zh" else "en"}
    if provider.prompt:
        asked["prompt"] = provider.prompt
    answer: Response = await client.authorize_redirect(request, provider.redirect_uri, **asked)
    return answer


async def vouched(provider: Provider, request: Request) -> tuple[Vouched, str]:
    """Who the provider says has come back, and the identity token itself.

    Raises whatever is wrong with the answer: ProviderError or one of Authlib's, joserfc's, httpx's
    errors. None of their messages is for a reader.
    """
    client, _ = await _known(provider)
    required = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "exp": {"essential": True},
        "sub": {"essential": True},
    }
    token = await client.authorize_access_token(request, claims_options=required, leeway=LEEWAY)
    claims = token.get("userinfo")
    if not claims:  # a provider of OAuth alone: nobody was identified
        raise ProviderError("身份提供方没有返回身份令牌", "the provider sent no identity token")
    _asked_for_password(provider, claims)
    return _person(provider, claims), str(token["id_token"])


def _asked_for_password(provider: Provider, claims: dict[str, Any]) -> None:
    """Whoever finds a desk unlocked must not come in on the provider's own open session."""
    when = claims.get("auth_time")
    if provider.prompt == "login" and when and time.time() - float(when) > FRESH:
        raise ProviderError(
            "身份提供方没有重新验证密码，请在提供方退出后重试",
            "the provider did not ask for the password again; sign out there first",
        )


def _person(provider: Provider, claims: dict[str, Any]) -> Vouched:
    verified = claims.get("email_verified") is True
    ends = datetime.fromtimestamp(int(claims["exp"]), UTC).replace(tzinfo=None)
    return Vouched(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"])[:255],
        email=str(claims.get("email") or "") if verified else "",
        username=str(claims.get("preferred_username") or ""),
        until=ends if provider.until == "token" else None,
    )


async def sign_out_address(provider: Provider, id_token: str) -> str | None:
    """Where the provider ends its own session; None where it offers no such address."""
    client, told = await _known(provider)
    if not told.get("end_session_endpoint"):
        return None
    made = await client.create_logout_url(
        post_logout_redirect_uri=provider.after_sign_out,
        id_token_hint=id_token or None,
        client_id=provider.client_id,
    )
    return str(made["url"])
