"""Insert what was written elsewhere into a document, where and as a reader would."""
