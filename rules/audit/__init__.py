"""What happened can be proven: the chain of a log's lines, and what may be taken out of them."""
