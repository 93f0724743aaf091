"""The edge for HTTP: API, hooks and pages."""
