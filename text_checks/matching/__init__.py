"""Match the causes and actions of a document with those of its review, reworded or not."""
