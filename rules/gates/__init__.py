"""What keeps each gate shut, and who can clear it."""
