"""How often what a new review is said to look like is the same failure: on public incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from register.search.similar_reviews import find_similar_reviews
from tests.register.test_full_text_search import add_review
from tests.sample_people import INCIDENT, MONDAY, new_review

SAME_FAILURE = (
    (
        "Logs from Kubernetes workloads not being shipped to CloudWatch Logs",
        "Logs not shipped to CloudWatch",
        "CloudWatch no longer receives logs",
    ),
    ("Flux unintended version update", "Flux version bump took a component down"),
    (
        "All services returning 503 in Kubernetes",
        "Every service in Kubernetes answers 503",
        "Services return 503 in the Kubernetes cluster",
    ),
    ("Kafka metrics missing from Prometheus", "Kafka metrics stopped being exported to Prometheus"),
    ("KIAM service disruption", "KIAM service disruption due to upgrade"),
    ("ADSync migration issues", "ADSync service accounts lost in migration"),
    ("Two Kubernetes nodes were down", "Two nodes of Kubernetes went into NotReady state"),
    ("Azure Container Instance agents outage on ci", "ACI agent outage for Azure container builds"),
    (
        "Negative values allowed in settlement payments",
        "Settlement payments accept negative values",
    ),
    ("Suspected employee compromise", "Employee laptop suspected of compromise"),
)
OTHERS = (
    "CoreDNS upgrade issue",
    "Inotify file watches exhaustion",
    "Load balancer instance attachments removed",
    "ADFS unreachable after expired signing key",
    "Bad machine image in the node pool",
    "Traefik rule stopped inbound traffic",
    "Wallet stuck in an infinite loop",
    "Phishing attempt with gift cards",
    "Weekly release published twice",
    "Fastly served errors for an hour",
    "Route to the internet gateway deleted",
    "Webhook refused every new sign-up",
    "Block production stalled",
    "Decoy selection was biased",
    "Memory overload of the notebook hub",
)


def test_most_of_what_a_review_is_said_to_look_like_is_the_same_failure(engine: Engine) -> None:
    groups = {title: group for group in SAME_FAILURE for title in group}
    titles = (*groups, *OTHERS)
    for number, title in enumerate(titles):
        ended = MONDAY - timedelta(days=number + 1)
        incident = replace(INCIDENT, title=title, services=("platform",), ended_at=ended)
        add_review(engine, f"P{number}", incident=incident)

    right = wrong = 0
    for number, title in enumerate(titles):
        incident = replace(INCIDENT, title=title, services=("platform",))
        new = replace(new_review(), id=f"review-pagerduty-P{number}", incident=incident)
        found = {each.title for each in find_similar_reviews(engine, new, ("",))}
        same = set(groups.get(title, ())) - {title}
        right, wrong = right + len(found & same), wrong + len(found - same)

    total = sum(len(group) * (len(group) - 1) for group in SAME_FAILURE)
    assert right / (right + wrong) >= 0.8, (right, wrong, total)
    assert right / total >= 0.7, (right, wrong, total)
