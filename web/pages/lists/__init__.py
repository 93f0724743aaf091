"""The lists that people filter, sort and share: of reviews and of actions."""
