"""Repository operations that replace a person by a pseudonym, wherever the archive has them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import sha256

from sqlalchemy import Connection, Table, delete, func, or_, select, update

from register.repositories.base import Repository
from register.repositories.sessions import end_sessions_of
from register.tables import (
    aliases,
    documents,
    mail_tokens,
    mails,
    notifications,
    people,
    sign_in_requests,
    token_secrets,
    tokens,
)
from register.tables import services as service_map
from register.transactions import begin_read, begin_write, insert_new

Convert = Callable[[str], str]
ConvertMail = Callable[[bytes, bool], bytes]
"""Returns a mail without a person; the second argument says whether it is a mail of theirs."""


class ErasureRepository(Repository):
    """What erasing somebody's data changes in the archive, but for records and audit log."""

    def list_services_of(self, address: str) -> tuple[str, ...]:
        """List the services that name somebody, sorted."""
        columns = service_map.c
        named = or_(
            columns.lead == address, columns.facilitator == address, columns.sponsor == address
        )
        with begin_read(self.engine) as connection:
            return tuple(sorted(connection.scalars(select(columns.name).where(named))))

    def copy_documents(self, convert: Convert) -> dict[str, str]:
        """Store every document without somebody, and return the new digests by the old ones.

        Those of before stay until `delete_documents`: reviews still refer to them.
        """
        with begin_read(self.engine) as connection:
            digests = list(connection.scalars(select(documents.c.digest)))
        copies = ((digest, self._copy_document(digest, convert)) for digest in digests)
        return {digest: copy for digest, copy in copies if copy != digest}

    def delete_documents(self, digests: Collection[str]) -> None:
        """Delete documents for good."""
        with begin_write(self.engine) as connection:
            for digest in digests:
                connection.execute(delete(documents).where(documents.c.digest == digest))

    def erase_mail(self, address: str, convert: Convert, convert_mail: ConvertMail) -> int:
        """Return how many mails changed, after replacing somebody in all, received and sent."""
        with begin_read(self.engine) as connection:
            ids = list(connection.scalars(select(mails.c.command_id)))
            sent = list(connection.scalars(select(notifications.c.message_id)))
        changed = sum(self._erase_received(each, address, convert_mail) for each in ids)
        return changed + sum(self._erase_sent(each, convert) for each in sent)

    def erase_person(self, address: str, pseudonym: str) -> None:
        """Delete somebody from the directory; their tokens are revoked, and bear the pseudonym."""
        now = self.clock()
        is_theirs = tokens.c.person == address
        with begin_write(self.engine) as connection:
            revoked = func.coalesce(tokens.c.revoked_at, now)
            connection.execute(
                update(tokens).where(is_theirs).values(person=pseudonym, revoked_at=revoked)
            )
            is_maker = token_secrets.c.maker == address
            connection.execute(update(token_secrets).where(is_maker).values(maker=pseudonym))
            connection.execute(delete(mail_tokens).where(mail_tokens.c.person == address))
            asked = sign_in_requests.c.address == address
            connection.execute(delete(sign_in_requests).where(asked))
            end_sessions_of(connection, now, [address], "erased")
            for table in (mails, notifications):
                _rename_person(connection, table, address, pseudonym)
            connection.execute(update(people).where(people.c.manager == address).values(manager=""))
            connection.execute(delete(aliases).where(aliases.c.address == address))
            connection.execute(delete(people).where(people.c.address == address))

    def _copy_document(self, digest: str, convert: Convert) -> str:
        statement = select(documents.c.content, documents.c.filed_at)
        with begin_read(self.engine) as connection:
            row = connection.execute(statement.where(documents.c.digest == digest)).one()
        text = bytes(row.content).decode("utf-8", "surrogateescape")
        converted = convert(text)
        if converted == text:
            return digest
        octets = converted.encode("utf-8", "surrogateescape")
        copy = {"digest": sha256(octets).hexdigest(), "content": octets, "filed_at": row.filed_at}
        with begin_write(self.engine) as connection:
            insert_new(connection, documents, copy)
        return str(copy["digest"])

    def _erase_received(self, command_id: str, address: str, convert_mail: ConvertMail) -> bool:
        this = mails.c.command_id == command_id
        with begin_read(self.engine) as connection:
            row = connection.execute(select(mails.c.raw, mails.c.person).where(this)).one()
        raw = bytes(row.raw)
        converted = convert_mail(raw, row.person == address)
        if converted == raw:
            return False
        values = {"raw": converted, "digest": sha256(converted).hexdigest()}
        with begin_write(self.engine) as connection:
            connection.execute(update(mails).where(this).values(values))
        return True

    def _erase_sent(self, message_id: str, convert: Convert) -> bool:
        this = notifications.c.message_id == message_id
        with begin_read(self.engine) as connection:
            text = str(connection.scalar(select(notifications.c.text).where(this)) or "")
        converted = convert(text)
        if converted == text:
            return False
        with begin_write(self.engine) as connection:
            connection.execute(update(notifications).where(this).values(text=converted))
        return True


def _rename_person(connection: Connection, table: Table, address: str, pseudonym: str) -> None:
    this = table.c.person == address
    connection.execute(update(table).where(this).values(person=pseudonym))
