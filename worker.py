"""The worker: runs workflows and activities until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.anchor_activities import AnchorActivities, AnchorTargets
from activities.announce_tokens import TokenAnnouncer, announce_tokens
from activities.hand_over_activities import HandOverActivities
from activities.reminder_activities import ReminderActivities
from activities.review_activities import ReviewActivities
from activities.send_sign_in_links import SignInLinkSender, send_sign_in_links
from activities.weekly_activities import WeeklyActivities, WeeklySettings
from mail.outbound.smtp import Mailer
from models.audit.anchor import AnchorState, TakenAnchor
from models.commands import AnyCommand, SignalCommand
from models.errors import Unavailable
from models.messages.daily_reminders import Announcement, ReminderQueue, ReminderRound
from models.messages.hand_over import HandOverRequest, ReviewHandOver
from models.messages.notification_plan import NotificationPlan
from models.messages.weekly_round import WeeklyRound
from models.notifications import Delivery
from models.review import Receipt, Review
from register import recorder
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine
from register.search.index_documents import index_missing_reviews
from runner import (
    build_mail_settings,
    build_smtp_server,
    call_on_stop_signal,
    connect_when_available,
    keep_running,
    migrate_when_available,
    run_in_background,
    run_process,
)
from settings import Settings
from text_checks.search_passages import list_passages
from workflows import options
from workflows.anchor.anchor_client import start_anchor
from workflows.anchor.daily_anchor import AnchorWorkflow
from workflows.client import ReviewClient
from workflows.hand_over import HandOverWorkflow
from workflows.messages.signatures import check_signs
from workflows.messages.start_guard import GuardedWorkflowRunner, UnknownWorkflow
from workflows.payloads import get_type_adapter
from workflows.person_reminders import RemindersWorkflow
from workflows.reminder_client import ReminderClient
from workflows.review import ReviewWorkflow
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow
from workflows.weekly.weekly_schedule import set_weekly_schedule

PASSTHROUGH_MODULES = (
    *("models", "rules", "transitions", "holidays", "pydantic", "pydantic_core", "cryptography"),
    *(
        "workflows.options",
        "workflows.search_attributes",
        "workflows.error_conversion",
        "workflows.payloads",
        "workflows.messages.encryption",
        "workflows.messages.envelopes",
        "workflows.messages.external_payloads",
        "workflows.messages.signatures",
        "workflows.messages.signed_activities",
        "workflows.messages.start_guard",
        "workflows.updatable_timer",
    ),
)
"""Modules imported once, not once per review: importing the rules again takes 360 kB and 17 ms.

That no rule looks at a clock or at chance is held by a test instead of by the sandbox. What is
written in Rust, as cryptography is, can be loaded only once in a process.
"""

STICKY_TIMEOUT = timedelta(seconds=2)
"""How long the first command after a crash of the worker waits for the worker that is gone."""

GC_THRESHOLD = 50_000
"""New objects before a garbage collection; commands and plans create many at once."""

PAYLOAD_TYPES = (
    *(Review, AnyCommand, SignalCommand, Receipt, NotificationPlan, list[Delivery], int),
    *(ReminderQueue, Announcement, ReminderRound, AnchorState, TakenAnchor),
    *(HandOverRequest, ReviewHandOver, WeeklyRound, tuple[str, ...]),
)
"""What workflows receive. Reading it is prepared before any of them runs: where many reviews are
open, preparing it in each at once can take the two seconds after which Temporal calls one stuck.
"""

SHUTDOWN_TIMEOUT = timedelta(seconds=10)
CACHED_REVIEWS = 5_000
LOST_CHECK_SECONDS = 300.0
log = logging.getLogger("afterword.worker")


def build_worker(
    client: Client,
    activities: ReviewActivities,
    *,
    task_queue: str,
    gathering: timedelta = options.GATHERING_TIME,
    anchor_targets: AnchorTargets | None = None,
    weekly_settings: WeeklySettings | None = None,
) -> Worker:
    """Build the worker, ready to read what workflows receive.

    `gathering` is how long a daily email waits for other reviews; `anchor_targets` where the daily
    anchor goes; `weekly_settings` who gets the weekly figures.
    """
    check_signs(client)
    prepare_payload_types()
    reminder_client = ReminderClient(
        client=client, archive=activities.archive, task_queue=task_queue, gathering=gathering
    )
    reminders = ReminderActivities(
        archive=activities.archive,
        mailer=activities.mailer,
        site=activities.site,
        announce_to=reminder_client.announce,
        fetch_due_reminder=reminder_client.fetch_due_reminder,
    )
    review_client = ReviewClient(
        client, activities.archive, lambda: datetime.now(UTC), task_queue=task_queue
    )
    hand_overs = HandOverActivities(
        activities.engine, activities.archive, review_client.send_command
    )
    anchors = AnchorActivities(
        activities.engine,
        activities.archive,
        activities.mailer,
        activities.site,
        anchor_targets or AnchorTargets(),
    )
    weekly = WeeklyActivities(
        engine=activities.engine,
        archive=activities.archive,
        mailer=activities.mailer,
        site=activities.site,
        settings=weekly_settings or WeeklySettings(),
    )
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[
            *(ReviewWorkflow, RemindersWorkflow, HandOverWorkflow, AnchorWorkflow),
            *(WeeklyEmailsWorkflow, UnknownWorkflow),
        ],
        activities=[
            *(activities.plan, activities.record, activities.send, activities.file),
            *(reminders.announce, reminders.remind),
            *(hand_overs.list_reviews_of, hand_overs.hand_over_review),
            *(anchors.take_anchor, anchors.notice_restore),
            *(anchors.email_anchor, anchors.write_anchor, anchors.post_anchor),
            *(weekly.plan_weekly_emails, weekly.send_weekly_emails),
        ],
        workflow_runner=build_workflow_runner(),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=SHUTDOWN_TIMEOUT,
        max_cached_workflows=CACHED_REVIEWS,
    )


def prepare_payload_types() -> None:
    """Build what reads the payloads of workflows."""
    for payload_type in PAYLOAD_TYPES:
        get_type_adapter(payload_type)


def tune_garbage_collector() -> None:
    """Exclude imported objects from garbage collection, and collect less often.

    It costs 4 % of a worker with thirty busy clients, and grows with the reviews that are cached.
    """
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


def build_workflow_runner() -> GuardedWorkflowRunner:
    """Build the runner for the sandbox in which workflows run and are replayed.

    Whatever we did not start is failed by it.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH_MODULES)
    return GuardedWorkflowRunner(restrictions=restrictions)


def build_activities(
    settings: Settings, engine: Engine, *, stays_here: bool = False
) -> ReviewActivities:
    """Build the activities from the settings; `stays_here` says that no email leaves here."""
    mailer = Mailer(build_smtp_server(settings))
    mail_settings = build_mail_settings(settings, stays_here=stays_here)
    if not mail_settings.is_reachable:
        log.warning(
            "emails have no links and no buttons: only this machine can open %s; "
            "AFTERWORD_WEB__URL is the address that people open",
            settings.web.url,
        )
    return ReviewActivities(
        engine=engine,
        archive=Archive(engine),
        mailer=mailer,
        site=mail_settings,
        parse_document=list_passages if settings.searches_documents else None,
    )


def build_token_announcer(settings: Settings, activities: ReviewActivities) -> TokenAnnouncer:
    """Build what tells people of tokens, with the mail server of the activities."""
    return TokenAnnouncer(
        archive=activities.archive,
        mailer=activities.mailer,
        site=activities.site,
        coordinator=settings.coordinator,
        warning_days=settings.tokens.warning_days,
    )


def build_link_sender(settings: Settings, activities: ReviewActivities) -> SignInLinkSender:
    """Build what emails links to sign in, over a connection of its own: somebody waits for it."""
    return SignInLinkSender(
        archive=activities.archive,
        mailer=Mailer(build_smtp_server(settings)),
        site=activities.site,
        coordinator=settings.coordinator,
    )


def build_anchor_targets(settings: Settings) -> AnchorTargets:
    """Build where the daily anchor goes, from the settings."""
    audit = settings.audit
    return AnchorTargets(
        person=settings.coordinator if audit.anchor_emails else "",
        file=audit.anchor_file,
        url=str(audit.anchor_url or ""),
    )


def build_weekly_settings(settings: Settings) -> WeeklySettings:
    """Build who gets the weekly figures, and what they are measured against."""
    return WeeklySettings(recipients=settings.figures.recipients, policy=settings.opening_policy)


async def mark_lost_reviews(
    review_client: ReviewClient, engine: Engine, *, interval: float = LOST_CHECK_SECONDS
) -> None:
    """Mark in the register, at an interval, reviews whose workflow was ended from outside."""
    while True:
        with contextlib.suppress(Unavailable):
            for name in await review_client.list_lost_ids():
                await asyncio.to_thread(recorder.mark_lost, engine, name)
        await asyncio.sleep(interval)


@contextlib.asynccontextmanager
async def run_background_work(
    settings: Settings,
    activities: ReviewActivities,
    review_client: ReviewClient,
    clock: Callable[[], datetime],
) -> AsyncIterator[None]:
    """Run what a worker does beside workflows and activities; what fails is tried again."""
    announcer = build_token_announcer(settings, activities)
    sender = build_link_sender(settings, activities)
    mark_lost = partial(mark_lost_reviews, review_client, activities.engine)
    async with run_in_background(
        keep_running(mark_lost, "the search for lost reviews"),
        keep_running(partial(announce_tokens, announcer, clock), "sending emails about tokens"),
        keep_running(partial(send_sign_in_links, sender, clock), "sending links to sign in"),
        keep_running(partial(index_reviews, activities), "indexing reviews for the search"),
    ):
        yield
    await sender.mailer.close()


async def index_reviews(activities: ReviewActivities) -> None:
    """Add to the full-text index what is not in it yet, as after an upgrade."""
    engine, parse = activities.engine, activities.parse_document
    while count := await asyncio.to_thread(index_missing_reviews, engine, parse):
        log.info("%d more reviews can be searched", count)


async def serve(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Run the worker until SIGTERM or SIGINT; tasks in progress are finished first.

    It also ends at once where the database or Temporal is waited for.
    """
    engine = use_keys(build_engine(settings.database), settings.encryption_keys)
    stop = asyncio.Event()
    with call_on_stop_signal(stop.set):
        connecting = asyncio.create_task(_connect(settings, engine))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                await work(settings, clock, engine, connecting.result(), stop)
        finally:
            connecting.cancel()
            stopping.cancel()
            engine.dispose()


async def _connect(settings: Settings, engine: Engine) -> Client:
    await migrate_when_available(engine)
    return await connect_when_available(settings)


async def work(
    settings: Settings,
    clock: Callable[[], datetime],
    engine: Engine,
    client: Client,
    stop: asyncio.Event,
) -> None:
    """Run the worker, and all that it does beside, until it is to stop."""
    task_queue = settings.temporal.task_queue
    activities = build_activities(settings, engine)
    review_client = ReviewClient(client, activities.archive, clock, task_queue=task_queue)
    starts = (
        keep_running(partial(start_anchor, client, task_queue), "starting the daily anchor"),
        keep_running(
            partial(set_weekly_schedule, client, task_queue), "setting the weekly schedule"
        ),
    )
    async with (
        build_worker(
            client,
            activities,
            task_queue=task_queue,
            anchor_targets=build_anchor_targets(settings),
            weekly_settings=build_weekly_settings(settings),
        ),
        run_in_background(*starts),
        run_background_work(settings, activities, review_client, clock),
    ):
        log.info("working on task queue “%s”", task_queue)
        await stop.wait()
    await activities.mailer.close()


def main() -> int:
    """Run the worker as its own process, and return the exit code."""
    tune_garbage_collector()
    return run_process(serve)


if __name__ == "__main__":
    sys.exit(main())
