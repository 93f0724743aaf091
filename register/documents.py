"""The part of the archive that keeps texts, each under the digest of its bytes."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from models.errors import Unknown
from register.parts import Part
from register.tables import documents
from register.transactions import insert_new, reading, writing


class Documents(Part):
    """Documents and long evidence; what was filed once never changes."""

    def file(self, content: bytes) -> str:
        """File bytes and give their SHA-256 in hex; the same bytes are filed once."""
        digest = sha256(content).hexdigest()
        row = {"digest": digest, "content": content, "filed_at": self.clock()}
        with writing(self.engine) as connection:
            insert_new(connection, documents, row)
        return digest

    def content(self, digest: str) -> bytes:
        """Give what was filed under a digest; raises Unknown."""
        wanted = select(documents.c.content).where(documents.c.digest == digest)
        with reading(self.engine) as connection:
            found = connection.scalar(wanted)
        if found is None:
            raise Unknown("document", digest)
        return bytes(found)
