from __future__ import annotations

from typing import Any

import pytest

from models.action import ActionStatus
from models.codes import EventKind
from models.review import Stage
from register.queries import review_queries
from tests.filed_history import FINISHED
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, PIA, SAM
from tests.web.web_app import TOOL, WebApp

UNTOLD = "# Mail was late, 3 May 2024\n\n## Summary\n\nIt was late.\n"


def import_text(web_app: WebApp, text: str | bytes, by: str = COORDINATOR, **query: Any) -> Any:
    """Send a finished post-mortem over HTTP."""
    content = text if isinstance(text, bytes) else text.encode()
    return web_app.client.post(
        "/api/reviews/import", params=query, content=content, headers=web_app.build_auth_header(by)
    )


def test_a_finished_post_mortem_becomes_a_closed_record_with_what_it_tells(web_app: WebApp) -> None:
    answer = import_text(web_app, FINISHED, file="search.md")

    assert answer.status_code == 201
    body = answer.json()
    assert (body["incident"]["title"], body["incident"]["severity"]) == ("Search was stale", 2)
    assert body["incident"]["ended_at"] == "2025-03-14T10:40:00Z"
    assert (body["dated_by"], body["people"]) == ("its timeline", ["Nils Holm"])
    assert body["roles"]["participants"] == [OLGA]
    assert [(c["id"], c["is_derived"]) for c in body["causes"]] == [("C1", True)]
    told = [(a["owner"] or a["told"]["owner"], a["told"]["status"]) for a in body["actions"]]
    assert told == [
        (OLGA, "done"),
        ("Nils Holm", "not done"),
        ("vera@example.org", "dropped"),
        ("", "not told"),
    ]
    assert [action["told"]["ticket"] for action in body["actions"]] == ["OPS-12", "", "", "OPS-14"]
    assert [action["due"] for action in body["actions"]] == ["2025-04-01", "2025-05-01", None, None]
    record = web_app.archive.records.find_record(body["review"])
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert record.document is not None
    assert web_app.archive.documents.read_document(record.document.digest) == FINISHED.encode()


def test_the_register_counts_nothing_of_history_as_open_overdue_or_verified(
    web_app: WebApp,
) -> None:
    import_text(web_app, FINISHED)

    (row,) = web_app.get("reviews").json()["reviews"]
    (stored,) = review_queries.list_reviews(web_app.engine)

    assert (row["stage"], row["open_actions"], row["next_due"], row["overdue"]) == (
        "closed",
        0,
        None,
        False,
    )
    assert row["filed_at"] == "2026-03-02T12:00:00Z"
    assert row["opened_at"] == "2025-03-14T10:40:00Z"
    record = review_queries.find_review(web_app.engine, stored.id)
    assert record is not None
    assert {action.status for action in record.actions} == {ActionStatus.UNVERIFIED}


def test_history_can_be_listed_alone_or_left_out(web_app: WebApp) -> None:
    filed = import_text(web_app, FINISHED).json()["review"]
    opened = web_app.post("reviews", {"title": "Checkout was slow"}).json()["review"]

    def list_ids(**query: Any) -> list[str]:
        return [row["id"] for row in web_app.get("reviews", **query).json()["reviews"]]

    assert list_ids() == [opened, filed]
    assert list_ids(history=True) == [filed]
    assert list_ids(history=False) == [opened]
    assert list_ids(q="stale") == [filed]
    assert list_ids(open=True) == [opened]


def test_a_rebuilt_register_has_history_again_and_does_not_count_it_as_closed(
    web_app: WebApp,
) -> None:
    filed = import_text(web_app, FINISHED).json()["review"]
    before = web_app.get("reviews").json()

    answer = web_app.post("register/rebuild", by=COORDINATOR).json()

    assert answer == {"reviews": 1, "open": 0, "closed": 0, "history": 1, "lost": []}
    assert web_app.get("reviews").json() == before
    assert web_app.get(f"reviews/{filed}").json()["blockers"] == []


def test_the_same_text_or_the_same_key_is_the_same_review(web_app: WebApp) -> None:
    first = import_text(web_app, FINISHED).json()
    again = import_text(web_app, FINISHED)
    keyed = import_text(web_app, FINISHED, key="search").json()
    other = import_text(web_app, UNTOLD, key="search").json()

    assert (again.status_code, again.json()["new"]) == (200, False)
    assert again.json()["review"] == first["review"] != keyed["review"]
    assert other["review"] == keyed["review"]
    assert other["incident"]["title"] == "Search was stale"
    assert "The text filed then is another one." in other["notes"]


def test_a_dry_run_stores_nothing(web_app: WebApp) -> None:
    answer = import_text(web_app, FINISHED, dry_run=True)

    assert (answer.status_code, answer.json()["new"]) == (200, True)
    assert web_app.archive.records.list_record_ids() == ()
    assert review_queries.list_review_ids(web_app.engine) == ()


@pytest.mark.parametrize(
    ("text", "query", "complaint"),
    [
        ("  \n", {}, "The document is empty."),
        (b"\xff\xfe\x00", {}, "not UTF-8"),
        ("# It broke\n", {}, "No date was found in it. Say when the incident ended (--ended-at)."),
        ("# It broke on 3 May 2031\n", {}, "No date was found in it."),
        (UNTOLD, {"ended_at": "2031-01-01T10:00:00Z"}, "is in the future"),
        (UNTOLD, {"severity": "none"}, "severity"),
        (UNTOLD, {"mood": "good"}, "mood"),
    ],
)
def test_what_cannot_be_filed_is_said(
    web_app: WebApp, text: str | bytes, query: dict[str, str], complaint: str
) -> None:
    answer = import_text(web_app, text, **query)

    assert answer.status_code == 400
    assert complaint in answer.json()["detail"]
    assert web_app.archive.records.list_record_ids() == ()


@pytest.mark.parametrize("by", [ADA, TOOL])
@pytest.mark.parametrize("named", [{}, {"facilitator": "ada"}, {"lead": "ada"}, {"sponsor": "ada"}])
def test_others_may_not_file_history_whatever_role_they_give_themselves(
    web_app: WebApp, by: str, named: dict[str, str]
) -> None:
    answer = import_text(web_app, FINISHED, by=by, **named)

    assert answer.status_code == 403
    assert "for the lead and the facilitator of search" in answer.json()["detail"]
    assert answer.json()["way_out"].startswith("Ask desk@example.org")
    assert web_app.archive.records.list_record_ids() == ()


@pytest.mark.parametrize("by", [ADA, FAY])
def test_whom_the_service_map_names_may(web_app: WebApp, by: str) -> None:
    answer = import_text(web_app, FINISHED, by=by, services=["Checkout"])

    assert answer.status_code == 201
    assert answer.json()["incident"]["services"] == ["checkout"]


def test_what_was_filed_before_belongs_to_the_lead_and_the_facilitator_that_it_has(
    web_app: WebApp,
) -> None:
    import_text(web_app, FINISHED, key="search", facilitator="fay", lead="pia")

    by_facilitator = import_text(web_app, FINISHED, by=FAY, key="search", open_follow_up=True)
    by_other = import_text(web_app, FINISHED, by=ADA, key="search", services=["checkout"])

    assert by_facilitator.json()["follow_up"]
    assert by_other.status_code == 403
    assert "for its lead and its facilitator" in by_other.json()["detail"]
    assert "Search" not in by_other.text


def get_titles(web_app: WebApp, by: str) -> list[str]:
    headers = web_app.build_auth_header(by)
    answer = web_app.client.get("/api/reviews", headers=headers).json()
    return [row["title"] for row in answer["reviews"]]


def test_restricted_history_is_shown_to_its_people_only(web_app: WebApp) -> None:
    answer = import_text(web_app, FINISHED, restrict=True, people=["pia"], open_follow_up=True)

    body = answer.json()
    assert body["restricted_to"] == [PIA, COORDINATOR]
    for reader in (PIA, COORDINATOR, OLGA):
        assert "Search was stale" in get_titles(web_app, reader)
        assert web_app.get(f"reviews/{body['review']}", by=reader).status_code == 200
    assert get_titles(web_app, SAM) == []
    for path in ("", "/document", "/log", "/export"):
        refused = web_app.get(f"reviews/{body['review']}{path}", by=SAM)
        assert refused.status_code == 404
        assert "Search" not in refused.text
    follow_up = web_app.review_client.reviews[body["follow_up"]]
    assert follow_up.restricted_to == (PIA, COORDINATOR)


def test_restricted_history_stays_restricted_in_a_rebuilt_register(web_app: WebApp) -> None:
    import_text(web_app, FINISHED, restrict=True)

    web_app.post("register/rebuild", by=COORDINATOR)

    assert get_titles(web_app, SAM) == []
    assert get_titles(web_app, COORDINATOR) == ["Search was stale"]


def test_what_was_filed_for_everybody_is_restricted_by_filing_it_again(web_app: WebApp) -> None:
    import_text(web_app, FINISHED, open_follow_up=True)

    body = import_text(web_app, FINISHED, restrict=True).json()
    again = import_text(web_app, FINISHED, people=["pia"]).json()
    later = import_text(web_app, FINISHED).json()

    assert len(get_titles(web_app, SAM)) == 1
    assert "From now on it is restricted." in body["notes"]
    assert "review restrict followup-" in body["notes"][-1]
    assert again["restricted_to"] == [COORDINATOR, PIA]
    assert later["restricted_to"] == [COORDINATOR, PIA]
    record = web_app.archive.records.find_record(body["review"])
    assert record is not None
    assert [event.kind for event in record.log].count(EventKind.RESTRICT) == 2


def test_a_dry_run_restricts_nothing(web_app: WebApp) -> None:
    import_text(web_app, FINISHED)

    shown = import_text(web_app, FINISHED, restrict=True, dry_run=True).json()

    assert shown["restricted_to"] == [COORDINATOR]
    assert get_titles(web_app, SAM) == ["Search was stale"]


def test_only_people_of_the_directory_read_restricted_history(web_app: WebApp) -> None:
    answer = import_text(web_app, FINISHED, people=["nobody@example.org"])

    assert answer.status_code == 404
    assert web_app.archive.records.list_record_ids() == ()


def test_whoever_may_not_read_restricted_history_learns_nothing_by_filing_it_again(
    web_app: WebApp,
) -> None:
    hidden = import_text(web_app, FINISHED, restrict=True, key="search").json()["review"]
    before = web_app.archive.records.find_record(hidden)

    stranger = import_text(web_app, FINISHED, by=SAM, key="search", services=["checkout"])
    unknown = import_text(web_app, FINISHED, by=SAM, key="other", services=["checkout"])
    answer = import_text(web_app, FINISHED, by=FAY, key="search", services=["checkout"])

    assert (answer.status_code, answer.json()["new"]) == (201, True)
    assert answer.json()["review"] != hidden
    assert web_app.archive.records.find_record(hidden) == before
    assert stranger.json() == unknown.json()


def test_history_refuses_every_command_and_offers_a_follow_up(web_app: WebApp) -> None:
    filed = import_text(web_app, FINISHED, facilitator="fay").json()["review"]

    answer = web_app.ask("reopen", by=COORDINATOR, review=filed, reason="again", actions=["A1"])

    assert (answer.status_code, answer.json()["code"]) == (409, "filed-as-history")
    assert "The coordinator or fay@example.org can take up" in answer.json()["way_out"]


def test_a_due_date_without_a_year_is_the_next_after_the_incident(web_app: WebApp) -> None:
    text = FINISHED.replace("2025-04-01", "20 March").replace("2025-05-01", "10 January")

    actions = import_text(web_app, text).json()["actions"]

    assert [action["due"] for action in actions[:2]] == ["2025-03-20", "2026-01-10"]


def test_a_follow_up_is_opened_once_and_only_where_something_is_undone(web_app: WebApp) -> None:
    done = FINISHED.split("| Move")[0]

    first = import_text(web_app, FINISHED, open_follow_up=True).json()
    again = import_text(web_app, FINISHED, open_follow_up=True).json()
    nothing = import_text(web_app, done, open_follow_up=True).json()

    assert (
        first["follow_up"] == again["follow_up"] == first["review"].replace("history", "followup")
    )
    follow_up = web_app.get(f"reviews/{first['follow_up']}").json()
    assert follow_up["review"]["stage"] == "follow-up"
    assert [a["owner"] for a in follow_up["review"]["actions"]] == [COORDINATOR, COORDINATOR]
    assert {b["code"] for b in follow_up["blockers"]} >= {"not-assigned", "no-follow-up"}
    assert first["notes"][-1].startswith("Taken up: A2 and A4; they wait for desk@example.org to")
    assert nothing["follow_up"] == ""
    assert "no follow-up review was opened" in nothing["notes"][-1]


def test_an_owner_who_is_known_is_asked_to_accept_what_passes_the_checks(web_app: WebApp) -> None:
    complete = FINISHED.split("| Action")[0] + (
        "| Action | Owner | Done when | Status |\n|---|---|---|---|\n"
        "| Move the index to a disk of its own | Olga Petrova | A full disk of the wiki leaves the"
        " search up for a day | Open |\n"
    )

    answer = import_text(web_app, complete, open_follow_up=True, facilitator="fay").json()

    assert answer["notes"][-1] == "Taken up: A1; their owners are asked to accept them."
    review = web_app.get(f"reviews/{answer['follow_up']}").json()["review"]
    (action,) = review["actions"]
    assert (action["status"], action["owner"], action["verifier"]) == ("assigned", OLGA, FAY)
    assert (action["due"], action["causes"]) == ("2026-05-01", ["C1"])


def test_an_export_of_history_is_the_text_as_it_was_written(web_app: WebApp) -> None:
    filed = import_text(web_app, FINISHED).json()["review"]

    def export(form: str) -> Any:
        return web_app.get(f"reviews/{filed}/export", **{"as": form})

    assert export("md").text == FINISHED
    assert "filed as history on 2026-03-02, not carried by Afterword" in export("html").text
    assert "Done, not verified" in export("html").text
    assert export("json").json()["review"]["filing"]["by"] == COORDINATOR


def test_names_that_history_tells_can_stay_at_home(web_app: WebApp) -> None:
    text = f"{FINISHED}\n## Lessons\n\nNils Holm and Olga said so.\n"
    filed = import_text(web_app, text).json()["review"]

    exports = [
        web_app.get(f"reviews/{filed}/export", pseudonyms=True, **{"as": form}).text
        for form in ("md", "html", "json")
    ]

    for export in exports:
        assert not [name for name in ("Nils", "Holm", "Olga", "Petrova", "Vera") if name in export]
    assert "the owner of A2 and the owner of A1 said so." in exports[0]
