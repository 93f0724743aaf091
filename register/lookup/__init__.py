"""How people and reviews are found by what somebody types or a text says, by an index."""
