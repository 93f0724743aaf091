"""Activities: each does one thing and is safe to do twice."""
