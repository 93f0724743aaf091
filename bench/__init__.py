"""Benchmarks: what a review costs, beside a bare workflow that does as much of everything."""
