"""The outbox: notifications on their way, and what became of them."""
