"""One machine: everything in one process, to stay or for the demo."""
