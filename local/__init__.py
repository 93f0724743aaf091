"""One machine: everything in one process, to stay or to show."""
