"""Opening reviews and filing history: with whom, under which key, and from which text."""
