"""What is kept to prove what happened: audit events, and anchors of all chains."""
