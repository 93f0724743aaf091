"""What can be searched, what somebody means who types a search, and what earlier reviews teach."""
