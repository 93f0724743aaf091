"""Request and response schemas, derived from the commands where possible."""
