"""The edge where mail comes in."""
