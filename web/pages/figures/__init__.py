"""The page of the figures, and the pages of the rows behind each number."""
