"""The HTTP edge: API, webhooks and pages."""
