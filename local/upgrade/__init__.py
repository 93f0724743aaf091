"""Upgrade of a state directory that was made before the field's own names."""
