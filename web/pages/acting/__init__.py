"""Pages on which whoever is signed in acts: a form for each command, and the document's editor."""
