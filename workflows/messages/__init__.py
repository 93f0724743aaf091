"""How messages travel to workflows: in envelopes, signed."""
