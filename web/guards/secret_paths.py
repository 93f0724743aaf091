"""Pages whose address is a secret from an email: it must not be told to others, or be found."""

from __future__ import annotations

SECRET_PATHS = ("/decide/", "/unsubscribe/", "/end-token/", "/sign-in/mail/")
