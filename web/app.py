"""Build the HTTP app in one place from the parts it is given."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from register.archive import Archive
from settings import Settings
from web import errors
from web.api import (
    actions,
    audit,
    commands,
    concerns,
    contributions,
    documents,
    exports,
    figures,
    full_text_search,
    health,
    imports,
    inbound_mail,
    notification_previews,
    people,
    register,
    reviews,
    tokens,
)
from web.dependencies import AppContext, Clock, Probe, ReviewClientProtocol
from web.hooks import generic, mail_webhook, pagerduty
from web.middleware.disconnects import DisconnectMiddleware
from web.middleware.form_charset import FormCharsetMiddleware
from web.middleware.limits import RequestLimitsMiddleware
from web.middleware.page_sessions import PageSessionMiddleware
from web.middleware.security_headers import SecurityHeadersMiddleware
from web.middleware.site_guard import SiteGuardMiddleware
from web.middleware.token_expiry import TokenExpiryMiddleware
from web.middleware.unhandled_errors import UnhandledErrorMiddleware
from web.pages import (
    decisions,
    end_token,
    home,
    security_contact,
    templates,
    unsubscribe,
)
from web.pages import reviews as review_pages
from web.pages.acting import command_forms, document_editor
from web.pages.figures import figure_pages
from web.pages.lists import action_list, action_page, person_page, review_register, team_page
from web.pages.search import search_page
from web.pages.sign_in import (
    all_sessions,
    ask_to_sign_in,
    company_sign_in,
    mail_link,
    my_emails,
    my_sessions,
)
from web.schemas.problem import PROBLEM_JSON, Problem

TITLE = "Afterword"
API_VERSION = "1"
DESCRIPTION = """\
Carries every post-mortem from the end of an incident to a proven improvement.

* **Names** may be shortened to any unique beginning of a review's id or a person's address.
* **Errors** are problem details (RFC 9457, `application/problem+json`) with a `code`, a `way_out`,
  and `blockers` or `hints` where there are any.
* **Idempotency-Key**: the same command sent twice with one key is carried out once.
* **Times** carry their offset from UTC; dates are `2026-04-30`.
"""
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
ERROR_DESCRIPTIONS: dict[int | str, str] = {
    400: "Invalid input; `detail` names the field.",
    401: "No token, or an unknown one.",
    403: "Not allowed; `way_out` says whom to ask.",
    404: "Not found; `hints` lists similar names.",
    409: "Refused by a rule; `way_out` says what would make it right.",
    413: "Too large.",
    429: "Too often; try again after Retry-After seconds.",
    503: "A part is unavailable; try again after Retry-After seconds.",
    "default": "Any other error, in the same form.",
}


class ApiApp(FastAPI):
    """A FastAPI app whose schema says that errors are `application/problem+json`."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI schema, built once."""
        if self.openapi_schema is None:
            for operations in super().openapi()["paths"].values():
                for operation in operations.values():
                    _set_problem_type(operation["responses"])
        return super().openapi()


def create_app(
    review_client: ReviewClientProtocol,
    archive: Archive,
    engine: Engine,
    settings: Settings,
    clock: Clock,
    *,
    mail_probe: Probe | None = None,
    temporal_probe: Probe | None = None,
    stays_here: bool = False,
) -> FastAPI:
    """Build the app; `clock` returns aware times, and nothing is connected or read here.

    `stays_here` says that no email leaves this machine, so that previews show what arrives here.
    """
    app = ApiApp(
        title=TITLE,
        version=API_VERSION,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redirect_slashes=False,
        redoc_url=None,
        generate_unique_id_function=_build_operation_id,
        responses={
            status: _describe_error(description)
            for status, description in ERROR_DESCRIPTIONS.items()
        },
    )
    app.state.context = AppContext(
        review_client=review_client,
        archive=archive,
        engine=engine,
        settings=settings,
        clock=clock,
        mail_probe=mail_probe or health.build_smtp_probe(settings.mail.smtp),
        temporal_probe=temporal_probe or review_client.check_health,
        stays_here=stays_here,
    )
    app.state.templates = templates.create_environment()
    _include_routers(app)
    handle_error = errors.build_error_handler(templates.render_error_page)
    errors.add_exception_handlers(app, handle_error)
    app.add_middleware(FormCharsetMiddleware, answer=handle_error)
    app.add_middleware(
        PageSessionMiddleware, find_context=lambda: app.state.context, answer=handle_error
    )
    app.add_middleware(UnhandledErrorMiddleware, answer=handle_error)
    app.add_middleware(DisconnectMiddleware)
    app.add_middleware(TokenExpiryMiddleware)
    app.add_middleware(RequestLimitsMiddleware)
    app.add_middleware(SiteGuardMiddleware, find_web=lambda: app.state.context.settings.web)
    app.add_middleware(SecurityHeadersMiddleware)
    return app


def _build_operation_id(route: APIRoute) -> str:
    return route.name.replace("_", "-")


def _include_routers(app: FastAPI) -> None:
    for router in (
        imports.router,
        reviews.router,
        actions.router,
        figures.router,
        documents.router,
        exports.router,
        notification_previews.router,
        inbound_mail.router,
        unsubscribe.router,
        end_token.router,
        decisions.router,
        contributions.router,
        commands.build_router(),
        people.router,
        tokens.router,
        register.router,
        full_text_search.router,
        concerns.router,
        audit.router,
        pagerduty.router,
        generic.router,
        mail_webhook.router,
        health.router,
        security_contact.router,
        home.router,
        figure_pages.router,
        search_page.router,
        action_list.router,
        action_page.router,
        person_page.router,
        team_page.router,
        review_register.router,
        review_pages.router,
        command_forms.router,
        document_editor.router,
        ask_to_sign_in.router,
        mail_link.router,
        company_sign_in.router,
        my_emails.router,
        my_sessions.router,
        all_sessions.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=templates.WEB_DIR / "static"), name="static")


def _set_problem_type(responses: dict[str, Any]) -> None:
    for response in responses.values():
        content = response.get("content", {})
        if content.get("application/json", {}).get("schema") == PROBLEM_SCHEMA:
            response["content"] = {PROBLEM_JSON: content["application/json"]}


def _describe_error(description: str) -> dict[str, object]:
    return {"model": Problem, "description": description}
