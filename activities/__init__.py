"""Hands: one verb each, safe to do twice."""
