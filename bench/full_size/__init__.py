"""Fill a register as a large company would in years, and measure every page over it."""
