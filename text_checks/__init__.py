"""Read post-mortem documents, and check their actions, causes and sentences.

Pure functions over English text, without network or language model. Findings enter a command as
facts at the edge, so a better rule tomorrow changes no review of yesterday.
"""
