"""What a page shows of one person, gathered for its reader."""
