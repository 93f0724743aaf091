"""The weekly emails: the workflow of one week, and the Temporal Schedule that starts it."""
