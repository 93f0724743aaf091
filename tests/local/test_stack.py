from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from local.stack import keeps_emails_here
from register.database import build_engine
from settings import MailSection, Settings, SmtpSection
from worker import build_activities

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


@pytest.mark.parametrize("stays_here", [True, False])
def test_that_emails_have_no_links_is_logged_where_they_leave_a_machine_nobody_else_can_open(
    stays_here: bool, caplog: pytest.LogCaptureFixture
) -> None:
    settings = build_settings_with(SmtpSection(host="mx.test"))
    caplog.set_level(logging.WARNING)

    build_activities(settings, build_engine("sqlite:///never-opened.db"), stays_here=stays_here)

    assert ("only this machine can open http://127.0.0.1:8600" in caplog.text) is not stays_here
