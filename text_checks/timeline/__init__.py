"""Read the times of a timeline: the forms people write them in, and the moments they mean."""
