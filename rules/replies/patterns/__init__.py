"""The words of replies: verbs, what puts them in doubt, and what retracts them."""
