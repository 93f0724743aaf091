"""The craft of words: a post-mortem read, its promises, causes and sentences judged.

Pure functions over text, in English, without network or language model. What they find enters an
order as facts at the door, so that a better rule tomorrow changes no review of yesterday.
"""
