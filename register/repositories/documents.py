"""Repository of texts, each stored under the digest of its bytes."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from models.errors import NotFound
from register.repositories.base import Repository
from register.tables import documents
from register.transactions import begin_read, begin_write, insert_new


class DocumentRepository(Repository):
    """Documents and long evidence; what is stored never changes."""

    def store_document(self, content: bytes) -> str:
        """Store bytes and return their SHA-256 in hex; the same bytes are stored once."""
        digest = sha256(content).hexdigest()
        row = {"digest": digest, "content": content, "filed_at": self.clock()}
        with begin_write(self.engine) as connection:
            insert_new(connection, documents, row)
        return digest

    def read_document(self, digest: str) -> bytes:
        """Return what is stored under a digest; raises NotFound."""
        statement = select(documents.c.content).where(documents.c.digest == digest)
        with begin_read(self.engine) as connection:
            content = connection.scalar(statement)
        if content is None:
            raise NotFound("document", digest)
        return bytes(content)
