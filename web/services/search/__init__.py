"""What is found in the register, and what earlier reviews have to say about a new one."""
