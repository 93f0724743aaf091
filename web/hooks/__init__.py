"""Webhooks of incident tools and mail providers: signed, one module per source."""
