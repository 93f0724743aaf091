"""Stories: who waits for what; no I/O."""
