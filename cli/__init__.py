"""The edge for people at a terminal: the command `afterword`, which speaks only HTTP."""
