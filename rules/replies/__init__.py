"""What a reply by email means: from lines of text to commands."""
