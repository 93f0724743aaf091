"""Signing in at the company's own sign-in, against a real provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr, ValidationError

from models.audit.audit_event import AuditKind
from settings import OidcSection
from tests.sample_people import ADA, COORDINATOR, OLGA
from tests.web.openid_server import CLIENT, CLIENT_SECRET, OpenIdServer, run_openid_server
from tests.web.pages.sign_in.test_my_sessions import is_signed_in
from tests.web.web_app import WebApp

BEGIN = "/sign-in/openid"


@pytest.fixture(scope="module")
def running_provider() -> Iterator[OpenIdServer]:
    with run_openid_server() as running:
        yield running


@pytest.fixture
def provider(running_provider: OpenIdServer, web_app: WebApp) -> OpenIdServer:
    """Return the provider, which tells nothing but the truth of Ada, and is known to the app."""
    fresh = OpenIdServer(issuer=running_provider.issuer, key=running_provider.key)
    running_provider.__dict__.update(fresh.__dict__)
    running_provider.address = ADA
    running_provider.now = web_app.now.timestamp()
    configure(web_app, running_provider)
    return running_provider


def configure(web_app: WebApp, provider: OpenIdServer, **changes: Any) -> None:
    secret = SecretStr(CLIENT_SECRET)
    wanted: dict[str, Any] = {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": secret,
    } | changes
    web = web_app.settings.web.model_copy(update={"oidc": OidcSection(**wanted)})
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)


class Unfollowed(HTTPRedirectHandler):
    """Leaves a redirect to whoever asked."""

    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect."""


def go(web_app: WebApp, return_path: str = "/reviews") -> str:
    """Return where the app sends a browser."""
    answer = web_app.client.get(BEGIN, params={"next": return_path}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def authorize(address: str) -> str:
    """Return the path and query by which the provider sends the browser back."""
    from urllib.error import HTTPError

    with pytest.raises(HTTPError) as answer:
        build_opener(Unfollowed()).open(address)
    answer.value.close()
    back = urlsplit(answer.value.headers["Location"])
    return f"{back.path}?{back.query}"


def come_back(web_app: WebApp, path: str) -> Any:
    return web_app.client.get(path, follow_redirects=False)


def sign_in(web_app: WebApp) -> Any:
    return come_back(web_app, authorize(go(web_app)))


def test_a_person_signs_in_and_comes_back_to_where_they_wanted_to_go(
    web_app: WebApp, provider: OpenIdServer
) -> None:
    address = go(web_app, "/reviews?stage=draft")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    answer = come_back(web_app, authorize(address))

    assert query["scope"] == "openid email profile"
    assert query["redirect_uri"] == f"{web_app.settings.web.url}/sign-in/openid/return"
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews?stage=draft")
    assert is_signed_in(web_app)
    newest = web_app.archive.audit.find_newest(AuditKind.SIGNED_IN)
    assert newest is not None
    assert (newest.by, newest.text.partition(",")[0]) == (ADA, "by the company’s sign-in")
    assert provider.fetched.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": ["somebody", "else"]},
        {"aud": None},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"sub": None},
        {"at_hash": "of another token"},
        {"email": None},
        {"email": "no address"},
        {"email": ["a@b.example"]},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": "eve@example.org"},
    ],
    ids=str,
)
def test_a_token_that_says_anything_wrong_signs_nobody_in(
    web_app: WebApp, provider: OpenIdServer, changes: dict[str, Any]
) -> None:
    provider.claims = changes

    answer = sign_in(web_app)

    assert answer.status_code == 403, answer.text
    assert "Back to signing in" in answer.text
    assert "set-cookie" not in answer.headers
    assert not is_signed_in(web_app)


def test_a_token_that_is_signed_with_another_key_signs_nobody_in(
    web_app: WebApp, provider: OpenIdServer
) -> None:
    provider.signing_key = RSAKey.generate_key(2048)

    assert sign_in(web_app).status_code == 403


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_a_signature_of_a_key_of_its_own_signs_nobody_in(
    web_app: WebApp, provider: OpenIdServer, algorithm: str
) -> None:
    provider.header = {"alg": algorithm}
    provider.signing_key = OctKey.import_key(CLIENT_SECRET)

    assert sign_in(web_app).status_code == 403


def test_a_key_that_is_new_is_asked_for(web_app: WebApp, provider: OpenIdServer) -> None:
    assert sign_in(web_app).status_code == 303
    web_app.client.cookies.clear()
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "second"})
    provider.header = {"kid": "second"}
    provider.published_keys = [provider.key, provider.signing_key]

    assert sign_in(web_app).status_code == 303


@pytest.mark.usefixtures("provider")
def test_a_code_and_the_way_back_are_good_once(web_app: WebApp) -> None:
    back = authorize(go(web_app))
    assert come_back(web_app, back).status_code == 303
    web_app.client.cookies.clear()

    assert come_back(web_app, back).status_code == 403
    assert not is_signed_in(web_app)


@pytest.mark.usefixtures("provider")
def test_another_browser_does_not_come_back_with_somebody_elses_answer(web_app: WebApp) -> None:
    back = authorize(go(web_app))
    web_app.client.cookies.clear()
    assert come_back(web_app, back).status_code == 403

    go(web_app)
    assert come_back(web_app, back).status_code == 403


@pytest.mark.usefixtures("provider")
def test_a_code_of_another_browser_is_worth_nothing_with_ones_own_state(web_app: WebApp) -> None:
    stolen = parse_qs(urlsplit(authorize(go(web_app))).query)["code"][0]
    web_app.client.cookies.clear()
    own = parse_qs(urlsplit(go(web_app)).query)["state"][0]

    answer = come_back(web_app, f"{BEGIN}/return?{urlencode({'code': stolen, 'state': own})}")

    assert answer.status_code == 403


@pytest.mark.usefixtures("provider")
def test_two_tabs_both_come_back(web_app: WebApp) -> None:
    first, second = go(web_app, "/reviews"), go(web_app, "/me/sessions")

    answers = [come_back(web_app, authorize(address)) for address in (first, second)]

    assert [answer.headers["location"] for answer in answers] == ["/reviews", "/me/sessions"]


@pytest.mark.usefixtures("provider")
def test_the_way_back_closes_after_ten_minutes(web_app: WebApp) -> None:
    back = authorize(go(web_app))
    web_app.now += timedelta(minutes=10)

    assert come_back(web_app, back).status_code == 403


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    "query",
    ["", "state=x", "code=x&state=", "error=access_denied", "state=%00&code=%00", "state=é"],
)
def test_what_nobody_asked_for_is_refused(web_app: WebApp, query: str) -> None:
    assert come_back(web_app, f"{BEGIN}/return?{query}").status_code == 403


@pytest.mark.usefixtures("provider")
def test_who_was_refused_there_is_told_so(web_app: WebApp) -> None:
    state = parse_qs(urlsplit(go(web_app)).query)["state"][0]
    query = urlencode({"error": "access_denied", "state": state})

    answer = come_back(web_app, f"{BEGIN}/return?{query}")

    assert answer.status_code == 403
    assert "you were not signed in there" in answer.text


def test_the_answer_of_another_provider_is_refused(web_app: WebApp, provider: OpenIdServer) -> None:
    back = authorize(go(web_app)).replace(urlencode({"iss": provider.issuer}), "iss=https://e.ex")

    assert come_back(web_app, back).status_code == 403


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_nobody_is_sent_to_another_site(web_app: WebApp, path: str) -> None:
    answer = come_back(web_app, authorize(go(web_app, path)))

    assert answer.headers["location"] == "/"


def test_an_address_that_is_only_in_the_user_info_is_taken_from_there(
    web_app: WebApp, provider: OpenIdServer
) -> None:
    provider.claims = {"email": None, "email_verified": None}
    provider.user_info = {"sub": "person-1", "email": OLGA, "email_verified": True}
    assert sign_in(web_app).status_code == 303
    assert "Olga Petrova" in web_app.client.get("/").text

    provider.user_info |= {"sub": "person-2"}
    assert sign_in(web_app).status_code == 403


def test_groups_make_teams_and_the_coordinator(web_app: WebApp, provider: OpenIdServer) -> None:
    configure(
        web_app,
        provider,
        coordinator_groups=("reliability",),
        team_groups={"grp-pay": "Payments", "grp-search": "Search"},
    )
    provider.claims = {"groups": ["reliability", "grp-search"]}
    sign_in(web_app)
    idle = web_app.settings.sessions.limits.idle
    (session,) = web_app.archive.sessions.list_sessions(ADA, web_app.now, idle)
    ada = web_app.archive.people.find_person(ADA)

    assert session.is_coordinator
    assert ada is not None
    assert (ada.team, ada.name) == ("Search", "Ada Lind")


@pytest.mark.parametrize("groups", [None, [], "other", 7, {"a": 1}, [7, None]])
def test_who_is_in_no_group_of_ours_is_signed_in_and_nothing_more(
    web_app: WebApp, provider: OpenIdServer, groups: Any
) -> None:
    configure(web_app, provider, coordinator_groups=("reliability",), team_groups={"a": "A"})
    provider.claims = {"groups": groups}

    assert sign_in(web_app).status_code == 303
    idle = web_app.settings.sessions.limits.idle
    (session,) = web_app.archive.sessions.list_sessions(ADA, web_app.now, idle)
    assert not session.is_coordinator


def test_who_has_left_is_not_signed_in(web_app: WebApp, provider: OpenIdServer) -> None:
    web_app.archive.people.merge_people([{"address": OLGA, "gone": True}])
    provider.address = OLGA

    assert sign_in(web_app).status_code == 403


def test_the_coordinator_is_known_without_an_import(
    web_app: WebApp, provider: OpenIdServer
) -> None:
    provider.address = COORDINATOR

    assert sign_in(web_app).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_that_is_another_is_told_as_unavailable(
    web_app: WebApp, provider: OpenIdServer, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata

    answer = web_app.client.get(BEGIN, follow_redirects=False)

    assert answer.status_code == 503
    assert "company’s sign-in" in answer.text


def test_a_provider_that_is_away_is_told_as_such(web_app: WebApp, provider: OpenIdServer) -> None:
    configure(web_app, provider, issuer="http://127.0.0.1:1")

    assert web_app.client.get(BEGIN, follow_redirects=False).status_code == 503


@pytest.mark.usefixtures("provider")
def test_the_page_offers_what_is_set(web_app: WebApp) -> None:
    both = web_app.client.get("/sign-in?next=/reviews").text
    web = web_app.app.state.context.settings.web.model_copy(update={"sign_in_links": False})
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)
    one = web_app.client.get("/sign-in").text
    refused = web_app.client.post("/sign-in", data={"address": ADA})

    assert 'href="/sign-in/openid?next=%2Freviews">Sign in with your company account</a>' in both
    assert "Email me a link" in both
    assert "Email me a link" not in one
    assert refused.status_code == 403


def test_without_a_provider_there_is_no_such_page(web_app: WebApp) -> None:
    assert web_app.client.get(BEGIN).status_code == 404
    assert web_app.client.get(f"{BEGIN}/return").status_code == 404


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"issuer": "http://sso.example.org"}, "no https address"),
        ({"issuer": "sso.example.org"}, "no https address"),
        ({"issuer": "https://sso.example.org", "client_id": ""}, "client_id is empty"),
        (
            {"issuer": "https://sso.example.org", "client_secret_file": "/nowhere"},
            "there is no file",
        ),
    ],
)
def test_a_provider_that_cannot_work_stops_the_start(
    changes: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        OidcSection(**{"client_id": CLIENT} | changes)  # type: ignore[arg-type]  # texts


def test_the_secret_may_be_in_a_file(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n", encoding="utf-8")

    section = OidcSection(issuer="https://s.ex", client_id="c", client_secret_file=str(file))

    assert section.read_secret() == "s3cret"
