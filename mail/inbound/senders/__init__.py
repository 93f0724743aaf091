"""Whether a mail is proven to come from whom it names, and which of its headers are signed."""
