"""Benchmarks: what a review costs, compared with a baseline workflow of the same size."""
