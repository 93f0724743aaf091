"""What pages, lists and the API read from the register."""
