"""The world that the browser suite looks at, made in a process of its own: `python -m tests.browser.world`.

Prints one line of JSON: the things that addresses need, and a session for every account, by the part of its
address before the @.
"""

from __future__ import annotations

import json
import time

import django


def main() -> None:
    django.setup()
    from allauth.account.internal.flows.login import (
        _AUTHENTICATION_METHODS_USER_SESSION_KEY,
        AUTHENTICATION_METHODS_SESSION_KEY,
    )
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from gilde.core.models import User
    from gilde.demo import loading
    from tests.browser.pages import makers

    loading.load(make_password(None))
    things: dict[str, str] = {}
    for make in makers():
        things |= make()
    call_command("search", "rebuild", verbosity=0)

    sessions = {}
    for user in User.objects.all():
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        # A fresh proof of the password, so that the pages behind it are shown.
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "password", "at": time.time() + 86_400, "email": user.email, "reauthenticated": True}
        ]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session.save()
        sessions[user.email.partition("@")[0]] = session.session_key
    print(json.dumps({"things": things, "sessions": sessions}))


if __name__ == "__main__":
    main()
