"""The demo: its people, its steps, and the checks after each step."""
