"""The full-text index of the register: how it is written, and what is found by it."""
