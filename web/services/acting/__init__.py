"""Give commands by pages: by a link from an email, or by a form for whoever is signed in."""
