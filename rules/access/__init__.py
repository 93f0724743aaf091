"""Who may do what with a token, for how long, and what is worth telling about it."""
