"""Facts of the domain: frozen records and names, standard library only."""
