"""Opening reviews: with whom, and under which key."""
