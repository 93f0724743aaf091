"""A view of a list as other programs read it: CSV, Atom, iCalendar."""
