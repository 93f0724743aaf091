"""The app over a real server for a real browser, filled so that every page shows something."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute

from local.ports import open_listener
from models.review import Review
from tests.sample_people import FAY
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_rich,
)
from tests.web.web_app import WebApp

DOCUMENT = """\
# Payments failed for cards of one bank

## Summary

For 47 minutes payments with cards of one bank were refused.

## Timeline

- 09:02 UTC The new certificate chain is rolled out
- 09:49 UTC The old chain is back

## Actions

| Action | Owner | Due |
|---|---|---|
| Improve certificate testing | Olga Petrova | 2026-04-01 |
"""
OTHERS = (
    ("Q1", build_drafted, "Login failed for a third of all users"),
    ("Q2", build_met, "The search index was two days behind"),
    ("Q3", build_assigned, "The mail queue filled its disk"),
    ("Q4", build_in_follow_up, "Invoices were sent twice"),
    ("Q5", build_closed, "Certificates expired on the edge"),
)
FEEDS = (".atom", ".csv", ".ics", ".json")
WRITTEN = "review-pagerduty-WRITTEN"
"""A review in draft whose document was written."""


def fill_register(web_app: WebApp) -> None:
    """Fill the register with a review at each stage, and with a document."""
    web_app.review_client.add_review(build_rich().review)
    for key, build, title in OTHERS:
        web_app.review_client.add_review(rename(build(), key, title))
    draft = replace(build_drafted().review, document=None, causes=())
    web_app.review_client.add_review(
        rename(ReviewBuilder(draft), "WRITTEN", "Payments failed for cards of one bank")
    )
    web_app.now = build_drafted().now
    answer = web_app.client.put(
        f"/api/reviews/{WRITTEN}/document",
        content=DOCUMENT.encode(),
        headers=web_app.build_auth_header(FAY),
    )
    assert answer.status_code == 200, answer.text
    web_app.now += timedelta(days=26)


def rename(builder: ReviewBuilder, key: str, title: str) -> Review:
    """Return the review of a builder as that of another incident."""
    incident = replace(builder.review.incident, key=key, title=title)
    return replace(builder.review, id=f"review-pagerduty-{key}", incident=incident)


@contextmanager
def serve(web_app: WebApp) -> Iterator[str]:
    """Serve the app on this machine, and yield its address."""
    listener = open_listener(0)
    config = uvicorn.Config(web_app.app, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def list_page_paths(app: FastAPI) -> set[str]:
    """Return the paths of all pages that can be opened; feeds and the API are no pages."""
    routers = (getattr(each, "original_router", app.router) for each in app.routes)
    routes = (route for router in routers for route in router.routes)
    return {
        route.path
        for route in routes
        if isinstance(route, APIRoute)
        and "GET" in (route.methods or ())
        and not route.path.startswith("/api")
        and not route.path.endswith(FEEDS)
    }
