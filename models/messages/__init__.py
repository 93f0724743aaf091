"""Messages: what workflows, activities and their clients hand each other."""
