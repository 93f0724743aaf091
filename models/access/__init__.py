"""Access: the tokens by which people and tools are known, and what each of them may do."""
