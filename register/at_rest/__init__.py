"""How documents and received mail are encrypted in the database."""
