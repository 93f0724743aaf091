"""The daily anchor over all logs: its workflow, and how a worker starts it."""
