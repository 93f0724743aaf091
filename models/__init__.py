"""Facts of the domain: frozen records and enums, standard library only."""
