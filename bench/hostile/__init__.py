"""What strangers may send: how soon it is read, and whether it breaks anything."""
