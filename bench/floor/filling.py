"""The people of the floor: as many pupils as ours, in groups of 28, with nine answers each."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection

PURPOSES, IN_GROUP = 9, 28
TABLES = """
CREATE TABLE pupil (id bigint PRIMARY KEY, grp bigint NOT NULL, name text NOT NULL);
CREATE TABLE answer (pupil bigint NOT NULL, purpose int NOT NULL, value text NOT NULL, PRIMARY KEY (pupil, purpose));
"""
CALL_NAMES = ("Noor", "Sam", "Bo", "Mila", "Yusuf", "Zoë", "Finn", "Aya", "Jip", "Łukasz")


def fill(pupils: int) -> str:
    """Make the tables and fill them; gives the cookie of somebody who is signed in."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        with cursor.copy("COPY pupil FROM STDIN") as copy:
            for number in range(pupils):
                name = f"{CALL_NAMES[number % len(CALL_NAMES)]} V{number}"
                copy.write_row((number, number * 7919 % (pupils // IN_GROUP), name))
        with cursor.copy("COPY answer FROM STDIN") as copy:
            for number in range(pupils):
                for purpose in range(PURPOSES):
                    copy.write_row((number, purpose, "no" if (number + purpose) % 10 == 0 else "yes"))
        cursor.execute("CREATE INDEX pupil_group ON pupil (grp)")
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT min(grp) FROM (SELECT grp FROM pupil GROUP BY grp HAVING count(*) = %s) full_", [IN_GROUP]
        )
        (group,) = cursor.fetchone()
    return f"{_signed_in()} {group}"


def _signed_in() -> str:
    user = get_user_model().objects.create_user("bench")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
