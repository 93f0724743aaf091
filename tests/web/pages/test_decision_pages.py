"""The page behind a decision link: it shows what is decided for whom, and records it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from mail.decision_links import (
    LEAVE_OUT_QUERY,
    LINK_LIFETIME,
    LINKED_COMMANDS,
    build_decision_link,
)
from models import commands
from models.action import ActionStatus
from models.commands import Command
from models.errors import Refusal, Unavailable
from models.people import Channel
from models.review import Review
from runner import build_mail_settings
from tests.rules.notifications.simulation import list_event_notifications
from tests.sample_people import ADA, FAY, OLGA, OMAR, PEOPLE, PIA, SAM, VERA, new_review
from tests.sample_reviews import (
    DUE,
    ReviewBuilder,
    build_assigned,
    build_drafted,
    build_in_follow_up,
    build_verified,
)
from tests.web.web_app import REVIEW, WebApp
from web.services.acting.decide import decide, find_decision

EVIDENCE = "https://example.org/change/7"
FINDING = "I opened 60 connections in staging; 20 were refused within a second."


def build_claimed() -> ReviewBuilder:
    builder = build_in_follow_up().advance(days=5)
    builder.ask(commands.Claim, OLGA, action="A1", evidence=EVIDENCE)
    return builder


def store(web_app: WebApp, builder: ReviewBuilder) -> None:
    web_app.now = builder.now
    web_app.review_client.add_review(builder.review)


def get_review(web_app: WebApp) -> Review:
    return web_app.review_client.reviews[REVIEW]


def build_path(
    web_app: WebApp, command_type: type[Command], by: str = VERA, item: str = "A1"
) -> str:
    """Return where the link of an email leads that is sent now."""
    person = web_app.archive.people.find_person(by)
    assert person is not None
    mail_settings = build_mail_settings(web_app.settings, stays_here=True)
    review = get_review(web_app)
    url = build_decision_link(
        mail_settings, review, person, command_type, now=web_app.now, item=item
    )
    return url.removeprefix(web_app.settings.web.url)


def read(web_app: WebApp, path: str, status: int = 200) -> str:
    answer = web_app.client.get(path)
    assert answer.status_code == status, answer.text
    return read_text(answer.text)


def parse(markup: str) -> Any:
    return html.fromstring(markup)


def read_text(markup: str) -> str:
    return " ".join(parse(markup).find(".//main").text_content().split())


def find_seen(web_app: WebApp, path: str) -> str:
    """Return what tells that somebody has read the page as it is now."""
    (seen,) = parse(web_app.client.get(path).text).xpath("//input[@name='seen']/@value")
    return str(seen)


def press(web_app: WebApp, path: str, **typed: str) -> Any:
    """Send the form of the page as it is now, and follow where that leads."""
    return web_app.client.post(path, data={"seen": find_seen(web_app, path), **typed})


def test_the_page_shows_promise_measure_and_evidence_and_for_whom_one_acts(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    shown = read(web_app, build_path(web_app, commands.Verify))

    assert "You act for Vera Novak (vera@example.org)" in shown
    assert "Limit connections per tenant to 20" in shown
    assert "A load test with 50 tenants stays under 1 % errors" in shown
    assert EVIDENCE in shown
    assert "What did you find? A sentence is enough." in shown
    assert "a receipt goes to this address" in shown


def test_to_look_at_a_link_changes_nothing_however_often(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    before, path = get_review(web_app), build_path(web_app, commands.Verify)

    for method in ("GET", "HEAD", "GET"):
        assert web_app.client.request(method, path).status_code == 200

    assert get_review(web_app) == before
    assert press(web_app, path, finding=FINDING).status_code == 200


def test_the_address_is_a_secret_that_is_not_passed_on_or_stored(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    for path in (build_path(web_app, commands.Verify), "/decide/nonsense"):
        headers = web_app.client.get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert web_app.client.get("/").headers["Referrer-Policy"] == "same-origin"


def test_one_press_decides_and_the_log_says_that_it_came_by_a_link(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    answer = press(web_app, build_path(web_app, commands.Verify), finding=FINDING)

    assert f"Vera Novak verified A1: {FINDING}" in read_text(answer.text)
    event = get_review(web_app).log[-1]
    assert (event.by, event.channel, event.text) == (VERA, Channel.LINK, f"verified A1: {FINDING}")
    log = read_text(web_app.client.get(f"/reviews/{REVIEW}").text)
    assert "by a link in an email" in log


def test_words_that_are_asked_back_keep_the_link_and_are_taken_the_second_time(
    web_app: WebApp,
) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)

    first = press(web_app, path, finding="ok")
    seen_on_first_page = parse(first.text).xpath("//input[@name='seen']/@value")[0]
    between = get_review(web_app).actions[0].status
    receipts = list_event_notifications(get_review(web_app))
    second = web_app.client.post(path, data={"seen": seen_on_first_page, "finding": "ok"})

    asked = read_text(first.text)
    assert "“ok” names nothing that anybody else could look at" in asked
    assert "A good finding for the measure “A load test with 50 tenants" in asked
    assert parse(first.text).xpath("//textarea[@name='finding']")[0].text == "ok"
    assert between == "claimed"
    assert not any(each.kind == "receipt" for each in receipts)
    assert "Vera Novak verified A1: ok" in read_text(second.text)
    assert get_review(web_app).actions[0].status == "verified"


def test_not_mine_fills_in_the_reason_and_one_press_declines(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    path = build_path(web_app, commands.Decline, OLGA)

    page = parse(web_app.client.get(f"{path}?reason=not-mine").text)
    forged = read(web_app, f"{path}?reason=I+hate+this")
    press(web_app, path, reason=page.xpath("string(//textarea[@name='reason'])"))

    action = get_review(web_app).actions[0]
    assert (action.status, action.last_comment) == (ActionStatus.DECLINED, "This is not mine.")
    assert "hate" not in forged


def test_whom_an_owner_suggests_stands_in_the_leads_form(web_app: WebApp) -> None:
    builder = build_assigned()
    builder.ask(commands.Decline, OLGA, action="A1", reason="Not mine", suggested=OMAR)
    store(web_app, builder)
    path = build_path(web_app, commands.Reassign, ADA)

    page = parse(web_app.client.get(path).text)
    (owner,) = page.xpath("//input[@name='owner']/@value")
    press(web_app, path, owner=owner)

    assert owner == OMAR
    assert get_review(web_app).actions[0].owner == OMAR


def test_a_second_press_changes_nothing_and_shows_what_was_recorded(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)
    press(web_app, path, finding=FINDING)
    recorded = get_review(web_app)

    again = web_app.client.post(path, data={"finding": "Something else entirely."})

    assert get_review(web_app) == recorded
    assert FINDING in read_text(again.text)
    assert "This link can change nothing more" in read(web_app, path)


def test_a_spent_link_stays_spent_when_the_same_is_asked_again(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Reject)
    press(web_app, path, reason="The link is dead.")
    claimed_again = {"action": "A1", "evidence": EVIDENCE}
    assert web_app.ask("claim", OLGA, **claimed_again).status_code == 200
    web_app.now += timedelta(days=1)

    assert "The link is dead." in read(web_app, path)
    fresh = press(web_app, build_path(web_app, commands.Reject), reason="It still is.")
    assert "It still is." in read_text(fresh.text)


async def test_of_two_at_the_same_time_one_is_recorded(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    context = web_app.app.state.context
    token = build_path(web_app, commands.Verify).rpartition("/")[2]
    first, second = [await find_decision(context, token) for _ in range(2)]
    before = get_review(web_app).revision

    one = await decide(context, first, {"seen": first.seen, "finding": FINDING})
    other = await decide(context, second, {"seen": second.seen, "finding": "Another finding."})

    assert one == other
    assert get_review(web_app).revision == before + 1


def test_a_refusal_keeps_the_link_and_what_was_typed(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Drop, ADA, "A2")

    refused = press(web_app, path, reason="It costs <too much>.")

    assert refused.status_code == 409
    assert "replacement action or for an accepted risk" in read_text(refused.text)
    assert parse(refused.text).xpath("//textarea[@name='reason']")[0].text == (
        "It costs <too much>."
    )
    assert "or, below, a risk that is accepted" in read_text(refused.text)
    accepted = press(web_app, path, reason="It costs too much.", risk="One outage a year.")
    assert "dropped A2: It costs too much (risk: One outage a year)" in read_text(accepted.text)


def test_nothing_is_recorded_without_words_where_the_decision_needs_some(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    refused = press(web_app, build_path(web_app, commands.Verify), finding=" ")

    assert refused.status_code == 409
    assert get_review(web_app).actions[0].outcome is None


@pytest.mark.parametrize("typed", [{}, {"finding": FINDING}, {"seen": "", "finding": FINDING}])
def test_a_program_that_posts_without_having_read_the_page_decides_nothing(
    web_app: WebApp, typed: dict[str, str]
) -> None:
    store(web_app, build_claimed())
    before = get_review(web_app)

    answer = web_app.client.post(build_path(web_app, commands.Verify), data=typed)

    assert answer.status_code == 409
    assert get_review(web_app) == before


def test_what_changed_while_somebody_read_is_read_again_first(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)
    seen = find_seen(web_app, path)
    web_app.ask("take-back", OLGA, action="A1")
    web_app.ask("claim", OLGA, action="A1", evidence="Only half of it is in place.")

    answer = web_app.client.post(path, data={"seen": seen, "finding": FINDING})

    assert answer.status_code == 409
    assert "Something has changed since this page was opened" in read_text(answer.text)
    assert "Only half of it is in place." in read_text(answer.text)
    assert FINDING in answer.text


def expire(web_app: WebApp) -> None:
    web_app.now += LINK_LIFETIME


def renew(web_app: WebApp) -> None:
    web_app.archive.people.renew_reply_addresses(VERA)


def leave(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[VERA], gone=True)])


def switch_off(web_app: WebApp) -> None:
    web = web_app.settings.web.model_copy(update={"decision_links": False})
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)


def replace_verifier(web_app: WebApp) -> None:
    web_app.ask("change-verifier", ADA, action="A1", verifier="pia@example.org")


def take_back(web_app: WebApp) -> None:
    web_app.ask("take-back", OLGA, action="A1")


def lose_temporal(web_app: WebApp) -> None:
    web_app.review_client.error = Unavailable("Temporal", "no answer")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (expire, 410, ("This link was valid until", "afterword verify")),
        (renew, 410, ("This link was replaced", "newer email")),
        (leave, 409, ("Vera Novak has left", "Ask the coordinator")),
        (switch_off, 403, ("switched off here", "afterword verify")),
        (replace_verifier, 409, ("Vera Novak may not do this", "Ask Pia Sørensen.")),
        (take_back, 409, ("A1 is accepted", "It waits for Olga Petrova")),
        (lose_temporal, 503, ("Temporal does not answer", "Nothing was lost")),
    ],
)
def test_a_link_that_does_not_hold_says_why_and_what_would(
    web_app: WebApp, change: Callable[[WebApp], None], status: int, words: tuple[str, ...]
) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)
    change(web_app)
    revision = get_review(web_app).revision

    shown = read(web_app, path, status)

    assert [each for each in words if each not in shown] == []
    assert web_app.client.post(path, data={"finding": FINDING}).status_code == status
    assert get_review(web_app).revision == revision


def claim(web_app: WebApp, evidence: str = EVIDENCE) -> None:
    web_app.now += timedelta(hours=1)
    assert web_app.ask("claim", OLGA, action="A1", evidence=evidence).status_code == 200


def test_a_link_for_one_claim_verifies_no_later_one(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    first = build_path(web_app, commands.Verify)
    press(web_app, build_path(web_app, commands.Reject), reason="The link is dead.")
    claim(web_app, "The second attempt is in place.")
    second = build_path(web_app, commands.Verify)

    shown = read(web_app, first, 410)

    assert "This link was sent before A1 changed" in shown
    assert web_app.client.post(first, data={"finding": FINDING}).status_code == 410
    assert get_review(web_app).actions[0].outcome is None
    assert press(web_app, second, finding=FINDING).status_code == 200


def test_a_claim_that_is_replaced_after_the_check_is_not_decided(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    token = build_path(web_app, commands.Verify).rpartition("/")[2]
    decision = web_app.wait_for(find_decision(web_app.app.state.context, token))
    web_app.ask("take-back", OLGA, action="A1")
    claim(web_app, "Only half of it is in place, in staging.")
    form = {"seen": decision.seen, "finding": FINDING}

    with pytest.raises(Refusal, match="A1 has changed since this was decided") as refused:
        web_app.wait_for(decide(web_app.app.state.context, decision, form))

    assert refused.value.code == "stale"
    assert get_review(web_app).actions[0].status == "claimed"


def test_a_link_grants_the_request_that_it_was_sent_for_and_no_later_one(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())
    asked = {"action": "A1", "reason": "The vendor is late."}
    web_app.ask("postpone", OLGA, until=f"{DUE + timedelta(days=3)}", **asked)
    first = build_path(web_app, commands.Grant, ADA)
    web_app.now += timedelta(hours=1)
    web_app.ask("postpone", OLGA, until=f"{DUE + timedelta(days=30)}", **asked)

    read(web_app, first, 410)

    assert get_review(web_app).actions[0].due == DUE


def test_what_an_owner_says_about_work_in_progress_may_be_said_later(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())
    path = build_path(web_app, commands.Claim, OLGA)
    web_app.now += timedelta(hours=1)
    web_app.ask("block", OLGA, action="A1", reason="The freeze.")

    answer = press(web_app, path, evidence=EVIDENCE)

    assert "claimed A1 done" in read_text(answer.text)


def test_words_that_are_asked_back_keep_the_link(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)
    press(web_app, path, finding=" ")

    assert press(web_app, path, finding=FINDING).status_code == 200
    assert get_review(web_app).actions[0].outcome is not None


def test_our_log_names_the_page_of_a_link_without_its_token(
    web_app: WebApp, caplog: pytest.LogCaptureFixture
) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)
    payload, _, signature = path.rpartition("/")[2].partition(".")
    web_app.review_client.error = RuntimeError("something is broken")

    assert web_app.client.get(path).status_code == 500

    assert "/decide/… failed" in caplog.text
    assert payload not in caplog.text
    assert signature not in caplog.text


def test_a_forged_or_broken_link_opens_nothing(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Verify)
    payload, _, signature = path.partition(".")
    forged = (
        f"{payload}.{signature[::-1]}",
        payload,
        f"{payload[:-4]}.{signature}",
        f"{path}x",
        "/decide/nonsense",
        "/decide/%00%ff.é",
    )

    for each in forged:
        shown = read(web_app, each, 404)
        assert "not one of ours, or a part of it is missing" in shown
        assert "Limit connections" not in shown


def test_a_link_for_a_stage_that_is_over_decides_nothing(web_app: WebApp) -> None:
    store(web_app, build_drafted())
    path = build_path(web_app, commands.Approve, ADA, "")
    assert web_app.ask("approve", ADA, gate="draft").status_code == 200

    shown = read(web_app, path, 409)

    assert "This link was for stage draft; the review is now in stage meeting." in shown


def test_a_gate_is_approved_with_all_its_actions_in_sight(web_app: WebApp) -> None:
    store(web_app, build_verified())
    path = build_path(web_app, commands.Approve, ADA, "")
    shown = read(web_app, path)
    assert "Approve “closure”" in shown
    assert "I ran it twice; it holds." in shown

    answer = press(web_app, path)

    assert "Ada Lind approved “closure”" in read_text(answer.text)
    assert "This decision is recorded" in read(web_app, path)


def test_what_still_blocks_a_gate_is_shown_instead_of_a_button(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    path = build_path(web_app, commands.Approve, ADA, "")

    page = web_app.client.get(path)

    assert "What is still needed first" in read_text(page.text)
    assert parse(page.text).xpath("//main//button") == []


def test_the_sponsor_decides_while_the_lead_is_away(web_app: WebApp) -> None:
    store(web_app, build_claimed())
    back = (web_app.now + timedelta(days=9)).date()
    web_app.archive.people.import_people([replace(PEOPLE[ADA], away_until=back)])

    answer = press(
        web_app,
        build_path(web_app, commands.Drop, SAM, "A2"),
        reason="It costs too much.",
        risk="One outage a year.",
    )

    assert "Sam Okafor dropped A2" in read_text(answer.text)


@pytest.mark.parametrize(
    ("command_type", "by", "typed", "summary"),
    [
        (commands.Accept, OLGA, {}, "accepted A1"),
        (commands.Decline, OLGA, {"reason": "I am on leave."}, "declined A1: I am on leave."),
        (commands.Reassign, ADA, {"owner": "omar"}, "omar@example.org"),
        (commands.SendBack, ADA, {"reason": "C2 is missing."}, "sent the review back to meeting"),
    ],
)
def test_what_is_assigned_is_answered_by_link(
    web_app: WebApp,
    command_type: type[Command],
    by: str,
    typed: dict[str, str],
    summary: str,
) -> None:
    store(web_app, build_assigned())
    item = "A1" if command_type is not commands.SendBack else ""

    answer = press(web_app, build_path(web_app, command_type, by, item), **typed)

    assert answer.status_code == 200, answer.text
    assert summary in get_review(web_app).log[-1].text


@pytest.mark.parametrize(
    ("command_type", "typed", "summary"),
    [
        (commands.Grant, {}, "granted more time for A2, until Wednesday 1 April 2026"),
        (commands.Refuse, {"reason": "The launch needs it."}, "refused more time for A2"),
    ],
)
def test_more_time_is_asked_for_and_answered_by_link(
    web_app: WebApp, command_type: type[Command], typed: dict[str, str], summary: str
) -> None:
    store(web_app, build_in_follow_up())
    until = str(DUE + timedelta(days=5))
    asked = build_path(web_app, commands.Postpone, OMAR, "A2")
    unclear = press(web_app, asked, until="soon", reason="A freeze.")
    assert "write the date as 2026-04-30" in read_text(unclear.text)
    assert press(web_app, asked, until=until, reason="A freeze.").status_code == 200

    answer = press(web_app, build_path(web_app, command_type, ADA, "A2"), **typed)

    assert summary in read_text(answer.text)


@pytest.mark.parametrize(("days", "is_needed"), [(5, False), (300, True)])
def test_a_reason_is_asked_for_where_more_time_is_not_granted_without(
    web_app: WebApp, days: int, is_needed: bool
) -> None:
    store(web_app, build_in_follow_up())
    until = str(DUE + timedelta(days=days))
    press(web_app, build_path(web_app, commands.Postpone, OMAR, "A2"), until=until, reason="Frost.")

    page = web_app.client.get(build_path(web_app, commands.Grant, ADA, "A2")).text

    assert bool(parse(page).xpath("//textarea[@name='reason']/@required")) is is_needed
    assert ("later than the policy allows" in page) is is_needed


def test_more_time_that_nobody_asked_for_is_not_offered(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())

    shown = read(web_app, build_path(web_app, commands.Grant, ADA, "A2"), 409)

    assert "Nobody asked for more time for A2." in shown


@pytest.mark.parametrize("kind", LINKED_COMMANDS)
async def test_every_linked_command_has_a_form_of_its_declared_fields(
    web_app: WebApp, kind: str
) -> None:
    store(web_app, build_claimed())
    context = web_app.app.state.context
    token = build_path(web_app, commands.Verify).rpartition("/")[2]
    decision = await find_decision(context, token)

    form = replace(decision, command_type=LINKED_COMMANDS[kind]).form_fields

    assert {"action", "gate", "id", "by"}.isdisjoint(field.name for field in form)
    assert all(field.label and field.kind in {"text", "line", "date"} for field in form)


CONTRIBUTED = "The pager <b>was</b> silent: http://evil.example/a"


def contribute(web_app: WebApp) -> str:
    """Add a contribution, and return where the facilitator's link about it leads."""
    web_app.review_client.add_review(new_review())
    body = {"text": CONTRIBUTED, "when": "10:12 UTC"}
    web_app.client.post(f"/api/reviews/{REVIEW}/contribute", json=body)
    return build_path(web_app, commands.Settle, FAY, "K1")


def test_a_contribution_is_accepted_by_a_link_and_stands_in_the_document(web_app: WebApp) -> None:
    path = contribute(web_app)

    shown = web_app.client.get(path).text
    recorded = press(web_app, path)

    assert "Put K1 into the document" in read_text(shown)
    assert f"10:12 UTC: {CONTRIBUTED}" in read_text(shown)
    assert "evil.example/a</a>" not in shown
    assert "<textarea" not in shown
    assert "added K1 to the document" in read_text(recorded.text)
    document = web_app.client.get(f"/reviews/{REVIEW}/document.md").text
    assert "The pager" in document
    assert get_review(web_app).contributions[0].settled_by == FAY


def test_a_contribution_is_left_out_by_a_link_for_a_reason_only(web_app: WebApp) -> None:
    path = f"{contribute(web_app)}?{LEAVE_OUT_QUERY}"

    shown = web_app.client.get(path).text
    refused = press(web_app, path, reason=" ")
    recorded = press(web_app, path, reason="It is not about the incident.")

    assert "Leave K1 out" in read_text(shown)
    (reason,) = parse(shown).xpath("//textarea")
    assert reason.get("required") is not None
    assert "Why is it left out?" in read_text(refused.text)
    assert "left out K1: It is not about the incident" in read_text(recorded.text)
    assert get_review(web_app).document is None


def test_a_link_about_a_contribution_decides_what_is_not_decided_yet(web_app: WebApp) -> None:
    path = contribute(web_app)
    web_app.ask("settle", ADA, contribution="K1", reason="It is not about the incident.")

    assert "K1" in read(web_app, path, 404)


def test_nobody_reads_a_contribution_by_a_link_that_is_not_the_organizers(web_app: WebApp) -> None:
    contribute(web_app)

    shown = read(web_app, build_path(web_app, commands.Settle, PIA, "K1"), 409)

    assert "pager" not in shown


def test_a_link_about_a_contribution_holds_while_the_review_goes_on(web_app: WebApp) -> None:
    path = contribute(web_app)
    web_app.now += timedelta(hours=1)
    web_app.ask("add-cause", ADA, symptom="The pool ran dry", whys=["Nobody watched it"])

    assert press(web_app, path).status_code == 200


def test_a_restricted_review_is_shown_to_whom_the_link_belongs(web_app: WebApp) -> None:
    builder = build_claimed()
    builder.ask(commands.Restrict, ADA, people=(SAM,), reason="It names a customer.")
    store(web_app, builder)

    assert EVIDENCE in read(web_app, build_path(web_app, commands.Verify))
