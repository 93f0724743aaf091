"""The commands written by hand, one module per topic."""
