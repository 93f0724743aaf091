"""Emails about tokens: that one was made in your name, was rotated, or ends soon."""

from __future__ import annotations

import hmac
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mail.common.mail_settings import MailSettings
from mail.common.reply_token import sign
from mail.outbound.headers import LOOP_HEADER, choose_policy
from mail.outbound.recipient import find_time_zone
from models.access.tokens import Token
from models.people import Person
from rules.access.tokens import DESCRIPTIONS
from rules.formatting import format_time

END_PATH = "/end-token/"
"""Where the page is on which a token is ended by the link of an email."""

MADE = """\
Hello {reader},

{maker} made a token for Afterword in your name, called “{name}”, on {made}.

Whoever has it may {may}, until {until}. What is done with it on the first day is marked in the log
as done by a token that {maker_name} made.

If you asked for it, there is nothing to do. If you did not, end it; it is worthless at once:

{ways}

And tell those who look after security where you work.
"""
ROTATED = """\
Hello {reader},

your token “{name}” for Afterword was rotated on {made}: it has a new secret, which is valid
until {until}.

If that was you, there is nothing to do. If it was not, somebody else has it. End it; it is
worthless at once:

{ways}

And tell those who look after security where you work.
"""
ENDING = """\
Hello {reader},

{whose} token “{name}” is valid until {until}. After that, it is refused.

The next one is printed by

    afterword token rotate {name}

which accepts the one of before for another day, so that you can change over in peace. Where it is
not needed any more, let it end.
"""


def build_announcement(
    token: Token, person: Person, maker: Person, site: MailSettings, now: datetime
) -> EmailMessage:
    """Build the email to a person in whose name somebody else made a token.

    A retry is the same email: its Message-ID follows from the token and from when it was made.
    """
    zone = find_time_zone(person)
    maker_name = maker.name or maker.address
    text = MADE.format(
        reader=person.name or person.address,
        maker=f"{maker.name} ({maker.address})" if maker.name else maker.address,
        maker_name=maker_name,
        name=token.name,
        made=format_time(token.made_at, zone),
        may=DESCRIPTIONS[token.scope],
        until=format_time(token.expires_at, zone),
        ways=_format_ways(token, site),
    )
    subject = f"{maker_name} made a token in your name"
    return _build_email("made", token, person.address, subject, text, site=site, now=now)


def build_rotation_notice(
    token: Token, person: Person, site: MailSettings, now: datetime
) -> EmailMessage:
    """Build the email to a person whose token was rotated with a token of theirs."""
    zone = find_time_zone(person)
    text = ROTATED.format(
        reader=person.name or person.address,
        name=token.name,
        made=format_time(token.made_at, zone),
        until=format_time(token.expires_at, zone),
        ways=_format_ways(token, site),
    )
    subject = f"Your token “{token.name}” was rotated"
    return _build_email("rotated", token, person.address, subject, text, site=site, now=now)


def build_warning(token: Token, person: Person, site: MailSettings, now: datetime) -> EmailMessage:
    """Build the email to whoever is to rotate a token that ends soon; a retry is the same email."""
    text = ENDING.format(
        reader=person.name or person.address,
        name=token.name,
        whose="the tool’s" if token.is_tool else "your",
        until=format_time(token.expires_at, find_time_zone(person)),
    )
    subject = f"The token “{token.name}” ends soon"
    return _build_email("ends", token, person.address, subject, text, site=site, now=now)


def build_end_link(token: Token, site: MailSettings) -> str:
    """Return the address of the page on which a token can be ended by its person."""
    return f"{site.url.rstrip('/')}{END_PATH}{_sign_end(token, site.secret)}"


def is_end_signature(candidate: str, token: Token, secret: bytes) -> bool:
    """Return whether a link was signed for the end of this token, in constant time."""
    return hmac.compare_digest(candidate.lower().encode(), _sign_end(token, secret).encode())


def _sign_end(token: Token, secret: bytes) -> str:
    return sign(secret, "end-token", token.name, token.created_at.isoformat())


def _format_ways(token: Token, site: MailSettings) -> str:
    """Format how its person can end a token."""
    ways = [f"    afterword token revoke {token.name}    (with a token of yours)"]
    if site.is_reachable:
        ways.insert(0, f"    {build_end_link(token, site)}")
    return "\n".join(ways)


def _build_email(
    about: str, token: Token, to: str, subject: str, text: str, *, site: MailSettings, now: datetime
) -> EmailMessage:
    digest = sign(site.secret, f"email-token-{about}", token.name, token.made_at.isoformat())
    message = EmailMessage(choose_policy(to, site.sender))
    message["From"] = site.sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<token-{about}-{digest[:16]}@{site.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message[LOOP_HEADER] = site.domain
    message.set_content(text, cte="quoted-printable")
    return message
