"""What the coordinator should see to before it goes wrong: of the set-up, and of what happened."""
