"""The demo's story: who plays, what they do, and what must then be true."""
