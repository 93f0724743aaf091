"""List what to ask for: every page and feed of the app, with each filter that it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.routing import APIRoute, _IncludedRouter
from pydantic import BaseModel

from web.pages.lists.action_layout import ACTION_LAYOUT
from web.pages.lists.list_view import ListLayout
from web.pages.lists.review_layout import REVIEW_LAYOUT

OTHER_ROUTES = frozenset({"/healthz", "/readyz", "/.well-known/security.txt"})
"""What reads nothing of the register."""

_LAYOUTS = {each.path: each for each in (ACTION_LAYOUT, REVIEW_LAYOUT)}
"""The lists whose parameters no route declares; a feed of one is asked for as it is."""

PLACE = "after"
"""The parameter that says where a page of a list begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """A page to ask for; `is_deep` says that it is far down a list."""

    path: str
    query: str = ""
    is_deep: bool = False

    @property
    def is_api(self) -> bool:
        """Return whether it is answered to programs, who send a token."""
        return self.path.startswith("/api")

    @property
    def label(self) -> str:
        """Return what it is called in a table."""
        return f"{self.path}?{self.query}" if self.query else self.path


def list_requests(
    app: FastAPI, path_values: Mapping[str, str], query_values: Mapping[str, Sequence[str]]
) -> tuple[list[PageRequest], list[str]]:
    """List a request for each page, and for each of its filters alone; and the pages left out.

    Left out is what has a parameter in its path for which there is no value.
    """
    routes = list(_iter_routes(app))
    left_out = [
        route.path
        for route in routes
        if any(parameter.name not in path_values for parameter in route.dependant.path_params)
    ]
    requests = [
        request
        for route in routes
        if route.path not in left_out
        for request in _iter_requests(route, path_values, query_values)
    ]
    return list(dict.fromkeys(requests)), left_out


def _list_layout_names(layout: ListLayout) -> list[str]:
    return [*(each.name for each in layout.filters), PLACE]


def _iter_routes(app: FastAPI) -> Iterator[APIRoute]:
    for group in app.routes:
        routes = group.original_router.routes if isinstance(group, _IncludedRouter) else (group,)
        for route in routes:
            if isinstance(route, APIRoute) and _reads_register(route):
                yield route


def _reads_register(route: APIRoute) -> bool:
    return "GET" in (route.methods or ()) and route.path not in OTHER_ROUTES


def _iter_requests(
    route: APIRoute, path_values: Mapping[str, str], query_values: Mapping[str, Sequence[str]]
) -> Iterator[PageRequest]:
    path = route.path
    for parameter in route.dependant.path_params:
        for form in (parameter.name, f"{parameter.name}:path"):
            path = path.replace(f"{{{form}}}", path_values[parameter.name])
    yield PageRequest(path=path)
    layout = _LAYOUTS.get(path)
    names = _list_layout_names(layout) if layout else list(_iter_query_names(route))
    for by, _ in layout.sorts if layout else ():
        yield PageRequest(path=path, query=urlencode({"sort": by}))
    for name in names:
        for value in query_values.get(name, ()):
            yield PageRequest(path=path, query=urlencode({name: value}))
    if PLACE in names:
        yield PageRequest(path=path, is_deep=True)


def _iter_query_names(route: APIRoute) -> Iterator[str]:
    """Yield the names of a route's query parameters, those of a model that holds them too."""
    for parameter in route.dependant.query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (field.alias or name for name, field in model.model_fields.items())
        else:
            yield parameter.alias
