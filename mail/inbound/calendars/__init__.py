"""What calendar programs answer to our invitations: as iTIP objects, or in words alone."""
