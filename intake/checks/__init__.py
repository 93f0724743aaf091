"""What a mail must prove before it counts: a decision, an answer to an invitation, one of many."""
