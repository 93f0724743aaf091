"""Whom a company's sign-in says that somebody is, and whether it is really the one that says so."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from models.access.openid import OpenIdIdentity
from models.codes import RefusalCode
from models.email_address import is_email_address, normalize_email_address
from models.errors import Refusal
from settings import OidcSection
from web.services.sign_in.openid_flow import OpenIdFlow
from web.services.sign_in.openid_provider import OpenIdProvider, build_untrusted_refusal

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""How a token may be signed: with a key of its own, never with none, or with one we share."""

LEEWAY = 60
"""Seconds by which the clocks of two machines may differ."""

log = logging.getLogger("afterword.sign_in")


async def identify(
    provider: OpenIdProvider, oidc: OidcSection, code: str, flow: OpenIdFlow, now: datetime
) -> OpenIdIdentity:
    """Return whom a code is about. Raises Refusal `sign-in-refused`, and Unavailable."""
    tokens = await provider.fetch_tokens(code, flow)
    access_token = str(tokens.get("access_token", ""))
    claims = await _read_id_token(provider, oidc, tokens, flow, now)
    if "email" not in claims and access_token:
        claims = await _add_user_info(provider, access_token, claims)
    return _build_identity(claims, oidc.groups_claim)


async def _read_id_token(
    provider: OpenIdProvider,
    oidc: OidcSection,
    tokens: dict[str, Any],
    flow: OpenIdFlow,
    now: datetime,
) -> dict[str, Any]:
    """Return the claims of a token that the provider signed, for us, now, and for this flow."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    try:
        token = await _verify_signature(provider, str(tokens.get("id_token", "")))
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": oidc.issuer},
                "aud": {"essential": True, "value": oidc.client_id},
            },
            params={
                "nonce": flow.nonce,
                "client_id": oidc.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        log.warning("an ID token was refused: %s: %s", type(error).__name__, error)
        raise build_untrusted_refusal("its token is not valid here and now") from error
    return dict(claims)


async def _verify_signature(provider: OpenIdProvider, id_token: str) -> Any:
    """Return a token whose signature is the provider's; a key that is not known is asked for."""
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError
    from joserfc.jwk import KeySet

    try:
        keys = KeySet.import_key_set(await provider.fetch_keys())
        return jwt.decode(id_token, keys, algorithms=SIGNATURES)
    except (InvalidKeyIdError, BadSignatureError):
        keys = KeySet.import_key_set(await provider.fetch_keys(is_renewed=True))
        return jwt.decode(id_token, keys, algorithms=SIGNATURES)


async def _add_user_info(
    provider: OpenIdProvider, access_token: str, claims: dict[str, Any]
) -> dict[str, Any]:
    """Return the claims with those that a provider tells at another address, of the same person."""
    told = await provider.fetch_user_info(access_token)
    if told and told.get("sub") != claims.get("sub"):
        raise build_untrusted_refusal("it speaks of two people")
    return {**told, **claims}


def _build_identity(claims: dict[str, Any], groups_claim: str) -> OpenIdIdentity:
    address = normalize_email_address(str(claims.get("email", "")))
    if not is_email_address(address):
        raise build_untrusted_refusal("it does not say your email address")
    if claims.get("email_verified") is not True:
        raise Refusal(
            RefusalCode.SIGN_IN_REFUSED,
            f"Your company’s sign-in does not say that {address} is really yours.",
            "Verify the address there, or sign in by an email.",
        )
    groups = claims.get(groups_claim, ())
    listed = (groups,) if isinstance(groups, str) else groups
    return OpenIdIdentity(
        address=address,
        groups=tuple(each for each in listed if isinstance(each, str))
        if isinstance(listed, list | tuple)
        else (),
    )
