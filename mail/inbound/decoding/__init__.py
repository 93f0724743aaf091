"""From the octets of a mail to characters, whatever its headers say of them."""
