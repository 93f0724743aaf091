"""Pages on which people sign in and out, and see where they are signed in."""
