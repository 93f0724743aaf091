"""What is typed on the command line: its types, options and completion."""
