"""The command line `afterword`, which speaks only HTTP with the server."""
