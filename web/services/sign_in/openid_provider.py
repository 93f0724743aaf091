"""The company's sign-in: where it is, its keys, and what it answers for a code."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from models.codes import RefusalCode
from models.errors import Refusal, Unavailable
from settings import OidcSection
from web.dependencies import AppContext
from web.guards.own_site import is_own_machine
from web.services.sign_in.openid_flow import OpenIdFlow

PART = "the company’s sign-in"
RETURN_PATH = "/sign-in/openid/return"
DISCOVERY_PATH = "/.well-known/openid-configuration"
TIMEOUT = 10.0
KEPT_FOR = timedelta(hours=1)
"""For how long its addresses and keys are kept; a key that is not among them is asked for again."""

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

log = logging.getLogger("afterword.sign_in")


def build_untrusted_refusal(why: str) -> Refusal:
    """Return the refusal of an answer that cannot be trusted; the log has why."""
    return Refusal(
        RefusalCode.SIGN_IN_REFUSED,
        f"The answer of your company’s sign-in was not accepted: {why}.",
        "Try again. If it keeps happening, tell whoever runs Afterword.",
    )


class OpenIdProvider:
    """The provider of the settings, asked over HTTP; a method raises Unavailable and Refusal."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._settings: OidcSection = context.settings.web.oidc
        self._cache = context.remembered

    @property
    def redirect_uri(self) -> str:
        """Return where it sends people back to; it has to know this address."""
        return f"{self._context.settings.web.url.rstrip('/')}{RETURN_PATH}"

    async def build_address(self, flow: OpenIdFlow) -> str:
        """Return the address to which a browser goes to sign in."""
        metadata = await self.fetch_metadata()
        async with self._open_client() as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.code_verifier,
            )
        return str(address)

    async def fetch_tokens(self, code: str, flow: OpenIdFlow) -> dict[str, Any]:
        """Fetch the tokens for a code, which is good once."""
        from authlib.integrations.base_client import OAuthError

        metadata = await self.fetch_metadata()
        async with self._open_client() as client:
            try:
                token = await _ask(
                    client.fetch_token(
                        metadata["token_endpoint"],
                        code=code,
                        code_verifier=flow.code_verifier,
                        grant_type="authorization_code",
                    )
                )
            except (OAuthError, ValueError) as error:
                log.warning("a code was not redeemed: %s: %s", type(error).__name__, error)
                raise build_untrusted_refusal("it did not take back its own code") from error
        return dict(token)

    async def fetch_user_info(self, access_token: str) -> dict[str, Any]:
        """Fetch what it says of somebody beside the token, {} where it has no such address."""
        metadata = await self.fetch_metadata()
        endpoint = metadata.get("userinfo_endpoint", "")
        if not endpoint or not self._is_safe(endpoint):
            return {}
        return await self._fetch_json(endpoint, {"Authorization": f"Bearer {access_token}"})

    async def fetch_metadata(self) -> dict[str, Any]:
        """Fetch its addresses, of this hour."""
        issuer, now = self._settings.issuer, self._context.clock()
        found: dict[str, Any] | None = self._cache.find(issuer, now)
        if found is None:
            found = await self._fetch_json(f"{issuer.rstrip('/')}{DISCOVERY_PATH}")
            self._check_metadata(found)
            self._cache.store(issuer, found, now + KEPT_FOR)
        return found

    async def fetch_keys(self, *, is_renewed: bool = False) -> dict[str, Any]:
        """Fetch its public keys, of this hour or as they are now."""
        address, now = (await self.fetch_metadata())["jwks_uri"], self._context.clock()
        found: dict[str, Any] | None = None if is_renewed else self._cache.find(address, now)
        if found is None:
            found = await self._fetch_json(address)
            self._cache.store(address, found, now + KEPT_FOR)
        return found

    def _check_metadata(self, metadata: dict[str, Any]) -> None:
        """Raise Unavailable for a provider that is not the one of the settings."""
        if metadata.get("issuer") != self._settings.issuer:
            raise Unavailable(PART, "it calls itself otherwise than web.oidc.issuer does")
        for name in ENDPOINTS:
            if not self._is_safe(metadata.get(name, "")):
                raise Unavailable(PART, f"its {name} is missing, or not over https")

    def _is_safe(self, address: object) -> bool:
        """Return whether an address is over https; on this machine, http will do."""
        text = str(address)
        return text.startswith("https://") or (
            is_own_machine(self._settings.issuer) and is_own_machine(text)
        )

    def _open_client(self) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.read_secret() or None,
            scope=" ".join(self._settings.scopes),
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=not is_own_machine(self._settings.issuer),
        )

    async def _fetch_json(
        self, address: str, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        async with self._open_client() as client:
            response = await _ask(
                client.request("GET", address, headers=headers, withhold_token=True)
            )
        try:
            content = response.raise_for_status().json()
        except ValueError as error:
            raise Unavailable(PART, "it answers with no JSON") from error
        if not isinstance(content, dict):
            raise Unavailable(PART, "it answers with other JSON than expected")
        return content


async def _ask(request: Any) -> Any:
    """Return the answer to a request. Raises Unavailable where there is none."""
    import httpx2

    try:
        return await request
    except httpx2.HTTPError as error:
        raise Unavailable(PART, type(error).__name__) from error
