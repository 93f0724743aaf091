"""The HTTP client: one request, sent once more when the connection is lost."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

import click

from cli.config import Connection, get_flags, is_loopback, resolve_connection
from cli.errors import CliError, ExitCode, build_error, name_options
from cli.output import format_time, print_remark

PAGE_SIZE = 200
"""Entries of a list that are asked for at once."""

TIMEOUT = 60.0
"""Seconds to wait for a response; the server gives up on Temporal long before."""

NO_TOKEN = "no-token"  # noqa: S105  (a code of the API, not a token)
WITHHELD_HINT = (
    "Give the one for this address with --token, or set both AFTERWORD_URL and AFTERWORD_TOKEN."
)
CONNECTION_LOST = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
"""Errors of a server that restarts; RemoteDisconnected is a ConnectionResetError too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """A response: its headers by lower-case name, and its body in bytes."""

    headers: Mapping[str, str]
    body: bytes

    def parse_json(self) -> Any:
        """Parse the response as JSON. Raises CliError when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            content_type = self.headers.get("content-type", "no type")
            raise CliError(
                f"The answer is not from Afterword ({content_type}).",
                "Check --url.",
            ) from None


TOKEN_END_HEADER = "afterword-token-expires"  # noqa: S105  (a header, no password)
"""The header in which the server says when the token ends, where that is soon."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, which would lose the body and show the token to others."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class ApiClient:
    """Sends requests to one Afterword server with one token.

    `option_names` are the options of the command that is run, by the field that each fills;
    one that `is_silent` does not say that the token ends soon.
    """

    def __init__(
        self,
        connection: Connection,
        timeout: float = TIMEOUT,
        option_names: Mapping[str, str] = {},
        *,
        is_silent: bool = False,
    ) -> None:
        self.connection = connection
        self.timeout = timeout
        self.option_names = option_names
        is_local = is_loopback(connection.url)
        proxies = [urllib.request.ProxyHandler({})] if is_local else []
        self._is_end_told = is_silent
        self._opener = urllib.request.build_opener(_NoRedirects, *proxies)

    def get(self, path: str, **query: object) -> Any:
        """Fetch a path as JSON. Raises CliError."""
        return self.request("GET", path + build_query(query)).parse_json()

    def post(self, path: str, body: object = None, key: str = "") -> Any:
        """Send a POST request; with the same `key` the server acts only once.

        Raises CliError.
        """
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self.request("POST", path, content, headers).parse_json()

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> ApiResponse:
        """Send one request and return the response. Raises CliError unless it succeeds."""
        try:
            return self._exchange_with_retry(method, path, body, headers)
        except (OSError, HTTPException, UnicodeError) as failure:
            raise self._build_unreachable_error(method, path, failure, headers) from None

    def _exchange_with_retry(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> ApiResponse:
        try:
            return self._exchange(method, path, body, headers)
        except CONNECTION_LOST:
            if method == "POST" and "Idempotency-Key" not in headers:
                raise
        return self._exchange(method, path, body, headers)

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> ApiResponse:
        request = self._build_request(method, path, body, headers)
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                headers = _lower_names(response.headers)
                self._tell_of_end(headers.get(TOKEN_END_HEADER, ""))
                return ApiResponse(headers=headers, body=response.read())
        except urllib.error.HTTPError as error:
            raise self._explain_error(_parse_error(error)) from None
        except urllib.error.URLError as failure:
            raise (failure.reason if isinstance(failure.reason, OSError) else failure) from None

    def _tell_of_end(self, ends_at: str) -> None:
        """Tell, once, that the token ends soon."""
        if not ends_at or self._is_end_told:
            return
        self._is_end_told = True
        print_remark(
            f"Your token is valid until {format_time(ends_at)}. `afterword token list` shows its "
            "name; `afterword token rotate NAME` gives you the next one."
        )

    def _explain_error(self, error: CliError) -> CliError:
        """Return an error in the words of the command line; where a token was held back, why."""
        if error.code == NO_TOKEN and self.connection.withheld:
            code = ExitCode(error.exit_code)
            return CliError(self.connection.withheld, WITHHELD_HINT, code, NO_TOKEN)
        return name_options(error, self.option_names)

    def _build_request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib.request.Request:
        token = self.connection.token
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        if not token.isascii() or not token.isprintable():
            raise CliError(
                "The token contains invalid characters.", "Copy it again.", ExitCode.USAGE
            )
        return urllib.request.Request(  # noqa: S310  (the profile lets only http and https pass)
            self.connection.url + path,
            data=body,
            headers={"Accept": "*/*", "X-Afterword-Channel": "cli", **authorization, **headers},
            method=method,
        )

    def _build_unreachable_error(
        self, method: str, path: str, failure: Exception, headers: Mapping[str, str]
    ) -> CliError:
        key = headers.get("Idempotency-Key", "")
        is_refused = isinstance(failure, ConnectionRefusedError)
        retry_hint = (
            f" It may have been done anyway; try again with --id {key}, and it is done only once."
        )
        return CliError(
            f"{self.connection.url} does not answer: {method} {path}: {_format_failure(failure)}.",
            f"The address comes from {self.connection.url_source}. Set another with --url or"
            " AFTERWORD_URL, or start Afterword on this machine with `afterword up`."
            + (retry_hint if key and not is_refused else ""),
            ExitCode.UNREACHABLE,
        )


def open_client(ctx: click.Context, timeout: float = TIMEOUT) -> ApiClient:
    """Return a client for the server that options, environment and files name."""
    return ApiClient(
        resolve_connection(get_flags(ctx)),
        timeout,
        _list_option_names(ctx.command),
        is_silent=ctx.resilient_parsing,
    )


def _list_option_names(command: click.Command) -> dict[str, str]:
    """Return the options of a command, by the field that each fills."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    by_option = {param.opts[-1].lstrip("-").replace("-", "_"): param.opts[-1] for param in options}
    return by_option | {param.name: param.opts[-1] for param in options if param.name}


def iter_pages(client: ApiClient, path: str, **query: object) -> Iterator[dict[str, Any]]:
    """Yield every page of a list, one request each. Raises CliError."""
    after = ""
    while True:
        page = client.get(path, limit=PAGE_SIZE, after=after, **query)
        yield page
        after = page.get("after", "")
        if not after:
            return


def build_query(query: Mapping[str, object]) -> str:
    """Build a query string from the parameters that have a value."""
    parameters = {
        name: value for name, value in query.items() if value not in (None, "", False, ())
    }
    values = {name: "true" if value is True else value for name, value in parameters.items()}
    return f"?{urlencode(values, doseq=True)}" if values else ""


def build_path(*parts: str) -> str:
    """Build a path under /api, quoting every part."""
    return "/api/" + "/".join(quote(part, safe="") for part in parts)


def _lower_names(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _parse_error(error: urllib.error.HTTPError) -> CliError:
    with error:
        body, status = error.read(), error.code
    try:
        answer = json.loads(body)
    except ValueError:
        return _build_foreign_error(status, error.headers.get("Location", ""))
    return (
        build_error(status, answer)
        if _is_afterword_error(answer)
        else _build_foreign_error(status, "")
    )


def _is_afterword_error(answer: object) -> bool:
    return isinstance(answer, dict) and {"detail", "code"} <= answer.keys()


def _build_foreign_error(status: int, location: str) -> CliError:
    redirect = f", a redirect to {location}," if location else ""
    is_gateway_error = status in {502, 503, 504}
    return CliError(
        f"The answer with status {status}{redirect} is not from Afterword.",
        "Check --url.",
        ExitCode.UNREACHABLE if is_gateway_error else ExitCode.FAILED,
    )


def _format_failure(failure: Exception) -> str:
    if isinstance(failure, TimeoutError):
        return "no answer in time"
    if isinstance(failure, ConnectionRefusedError):
        return "nothing is listening there"
    if isinstance(failure, CONNECTION_LOST):
        return "the connection was lost"
    return str(getattr(failure, "strerror", None) or failure or type(failure).__name__).lower()
