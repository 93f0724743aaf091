"""Services for what can be proven: verify the chains, and record who looked at what."""
