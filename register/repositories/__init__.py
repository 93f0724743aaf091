"""Repositories of the archive: one for each kind of thing that it stores."""
