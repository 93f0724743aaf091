"""What an event gives rise to: notices to people, and invitations to meetings."""
