"""How mail reaches us: by LMTP and SMTP connections, and from an IMAP mailbox."""
