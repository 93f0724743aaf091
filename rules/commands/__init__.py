"""What each command needs, and what it changes."""
