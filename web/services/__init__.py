"""What several routes share: resolving names, opening and listing reviews, syncing documents."""
