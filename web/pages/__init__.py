"""The HTML pages that anybody may read."""
