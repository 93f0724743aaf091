"""Receive replies by LMTP, SMTP or IMAP and hand them to their reviews."""
