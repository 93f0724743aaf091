"""The craft of archive and register: tables and queries."""
