"""What the doctor knows of an installation, and what it says of it."""
