"""The calendar: working time, who is at work, and when a follow-up meeting may take place."""
