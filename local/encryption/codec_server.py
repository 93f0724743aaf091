"""A codec server: it decrypts payloads for Temporal's own pages and command.

It runs beside whoever reads them, with the settings of the installation, and listens on this
machine only. Its address has a token in its path, which is new at each start.
"""

from __future__ import annotations

import argparse
import secrets
import sys

import uvicorn
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from pydantic_core import from_json
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payloads

from local.ports import HOST
from models.errors import InvalidInput
from models.keys.key_ring import KeyRing
from settings import load_settings
from workflows.messages.encryption import EncryptionCodec, UnreadablePayloadError
from workflows.payloads import inflate_payload

PORT = 8235
UI = "http://127.0.0.1:8233"
MAX_REQUEST_OCTETS = 16_777_216
INVALID_SETTINGS = 2


def build_codec_app(keys: KeyRing, ui: str, token: str) -> Starlette:
    """Build the codec server for the pages at `ui`; only who knows the token is answered."""
    codec = EncryptionCodec(keys)

    async def decode(request: Request) -> Response:
        try:
            payloads = ParseDict(from_json(await _read_body(request)), Payloads()).payloads
            decoded = [inflate_payload(each) for each in await codec.decode(payloads)]
        except (ValueError, ParseError):
            return JSONResponse({"message": "this is no list of payloads"}, status_code=400)
        except UnreadablePayloadError as error:
            return JSONResponse({"message": str(error)}, status_code=422)
        return JSONResponse(MessageToDict(Payloads(payloads=decoded)))

    return Starlette(
        routes=[Route(f"/{token}/decode", decode, methods=["POST"])],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
            Middleware(
                CORSMiddleware,
                allow_origins=[ui],
                allow_methods=["POST"],
                allow_headers=["content-type", "x-namespace", "authorization"],
            ),
        ],
    )


async def _read_body(request: Request) -> bytes:
    """Return the body of a request; raises ValueError where it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST_OCTETS:
            raise ValueError("too long")
    return body


def load_keys() -> KeyRing:
    """Load the keys that encrypt from the settings. Raises InvalidInput where there are none."""
    keys = load_settings().encryption_keys
    if not keys.keys:
        raise InvalidInput("AFTERWORD_KEYS__ENCRYPTION is empty, so nothing is encrypted")
    return keys


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments of `afterword codec-server`."""
    parser = argparse.ArgumentParser(
        prog="afterword codec-server",
        description="Decrypt payloads for Temporal's pages and command, on this machine.",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"its port ({PORT})")
    parser.add_argument("--ui", default=UI, help=f"the address of Temporal's pages ({UI})")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the codec server until it is stopped, and return the exit code."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    token = secrets.token_urlsafe()
    try:
        app = build_codec_app(load_keys(), options.ui.rstrip("/"), token)
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return INVALID_SETTINGS
    sys.stdout.write(
        f"The codec endpoint, for Temporal's pages (the glasses at the top) and for\n"
        f"`temporal workflow show --codec-endpoint`, until this ends:\n\n"
        f"  http://{HOST}:{options.port}/{token}\n\n"
    )
    sys.stdout.flush()
    uvicorn.run(app, host=HOST, port=options.port, log_level="warning", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
