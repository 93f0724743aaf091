"""Repository of processed webhooks, by which one that comes again is known."""

from __future__ import annotations

from sqlalchemy import select

from register.repositories.base import Repository
from register.tables import webhook_deliveries
from register.transactions import begin_write, insert_new, upsert


class WebhookRepository(Repository):
    """Webhooks that were processed."""

    def record_webhook(self, source: str, delivery: str, digest: str, outcome: str = "") -> bool:
        """Record a fully processed webhook, and return whether the same one was recorded before.

        A different body under a known id counts as new. `outcome` is the result of processing it.
        """
        row = {
            "source": source,
            "delivery": delivery,
            "digest": digest,
            "received_at": self.clock(),
            "outcome": outcome,
        }
        statement = select(webhook_deliveries.c.digest).where(
            webhook_deliveries.c.source == source, webhook_deliveries.c.delivery == delivery
        )
        with begin_write(self.engine) as connection:
            if insert_new(connection, webhook_deliveries, row):
                return False
            if connection.scalar(statement) == digest:
                return True
            upsert(connection, webhook_deliveries, [row])
            return False
