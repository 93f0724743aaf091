"""Sessions: who may sign in, for how long, and how a browser is named."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.access.session import Session, SignInWay
from models.people import Person
from rules.formatting import truncate

IDLE_DAYS = 14
"""After how many days without a visit a session ends, unless the settings say otherwise."""

SESSION_DAYS = 90
"""After how many days a session ends in any case."""

VISIT_INTERVAL = timedelta(minutes=5)
"""How exactly the last visit is known; a write for each page would cost too much."""

MAX_AGENT_LENGTH = 60

WAYS = {
    SignInWay.MAIL: "by a link in an email",
    SignInWay.OPENID: "by the company’s sign-in",
    SignInWay.PROXY: "by the proxy in front",
}
"""How somebody signed in, in words."""

BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""What a browser writes in its User-Agent; the more special ones come first, as they say all."""

SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def may_sign_in(person: Person | None, address: str, coordinator: str) -> bool:
    """Return whether somebody is known and has not left; the coordinator always is."""
    if address == coordinator:
        return True
    return person is not None and not person.gone


def is_visit_to_record(session: Session, now: datetime) -> bool:
    """Return whether the last visit that is known is so long ago that this one is recorded."""
    return now - session.last_seen_at >= VISIT_INTERVAL


def name_browser(user_agent: str) -> str:
    """Return the name of a browser and its system; of another program, what it calls itself."""
    browser = next((name for word, name in BROWSERS.items() if word in user_agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    printable = "".join(each for each in user_agent if each.isprintable())
    return truncate(printable.strip(), MAX_AGENT_LENGTH)


def describe_sign_in(session: Session) -> str:
    """Format how somebody signed in, and with which browser."""
    return f"{WAYS[session.way]}{f', {session.agent}' if session.agent else ''}"
