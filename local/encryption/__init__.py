"""What an operator runs beside an installation that encrypts."""
