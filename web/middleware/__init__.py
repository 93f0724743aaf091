"""ASGI middleware: startup, security headers and request limits."""
