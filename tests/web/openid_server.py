"""A small OpenID provider over real HTTP on this machine, which can be told to lie."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, CLIENT_SECRET = "afterword", "a secret that only the two know"


@dataclass
class OpenIdServer:
    """The provider: whom it signs in, and what is changed in what it says of them."""

    issuer: str = ""
    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    now: float = 0.0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    published_keys: list[RSAKey] = field(default_factory=list)
    signing_key: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def build_metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
        } | self.metadata

    def build_keys(self) -> dict[str, Any]:
        keys = self.published_keys or [self.key]
        return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where a browser is sent back to, with a code."""
        assert query["code_challenge_method"] == "S256"
        assert query["response_type"] == "code"
        code = token_urlsafe()
        self.codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def redeem(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code, None where anything is wrong."""
        asked = self.codes.pop(form.get("code", ""), None)
        client = b64decode(authorization.removeprefix("Basic ")).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or unquote_plus(client) != f"{CLIENT}:{CLIENT_SECRET}":
            return None
        is_same = asked["code_challenge"] == challenge
        if not is_same or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        return {
            "access_token": "opens nothing",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.sign(asked["nonce"]),
        }

    def sign(self, nonce: str) -> str:
        now = int(self.now or time.time())
        claims = {
            "iss": self.issuer,
            "sub": "person-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": self.address,
            "email_verified": True,
        } | self.claims
        whole = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        if header["alg"] == "none":
            return ".".join((*map(_encode, (header, whole)), ""))
        key = self.signing_key or self.key
        return str(jwt.encode(header, whole, key, algorithms=[header["alg"]]))


def _encode(part: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@contextmanager
def run_openid_server() -> Iterator[OpenIdServer]:
    """Yield a provider that answers on a free port."""
    provider = OpenIdServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _build_handler(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timedelta(minutes=1).total_seconds())


def _build_handler(provider: OpenIdServer) -> type[BaseHTTPRequestHandler]:
    class OpenIdHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            provider.fetched.append(url.path)
            if url.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            pages: dict[str, Callable[[], dict[str, Any]]] = {
                "/.well-known/openid-configuration": provider.build_metadata,
                "/keys": provider.build_keys,
                "/userinfo": lambda: provider.user_info,
            }
            self._answer(pages[url.path]())

        def do_POST(self) -> None:
            provider.fetched.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = provider.redeem(form, self.headers.get("Authorization", ""))
            self._answer(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def _answer(self, content: dict[str, Any], status: int = 200) -> None:
            octets = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return OpenIdHandler
