from __future__ import annotations

from pydantic import SecretStr

from local.stack import keeps_emails_here
from settings import MailSection, Settings, SmtpSection

POSTBOX_PORT = 8626


def build_settings_with(smtp: SmtpSection) -> Settings:
    secret = SecretStr("a secret for tests only")
    mail = MailSection(smtp=smtp)
    return Settings(secret=secret, coordinator="desk@example.org", mail=mail)


def test_emails_stay_on_this_machine_where_they_go_to_the_postbox_alone() -> None:
    postbox = SmtpSection(host="127.0.0.1", port=POSTBOX_PORT)
    relay = SmtpSection(host="127.0.0.1", port=25)

    assert keeps_emails_here(build_settings_with(postbox), POSTBOX_PORT)
    assert not keeps_emails_here(build_settings_with(relay), POSTBOX_PORT)
    assert not keeps_emails_here(build_settings_with(SmtpSection(host="mx.test")), POSTBOX_PORT)
