"""Archive and register: tables, repositories and queries."""
