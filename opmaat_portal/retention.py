"""How long the tables of others (Django, allauth) keep what they hold; ours say it on the model itself."""

from ledger.retention import Keep

OTHERS = {
    "account_emailaddress": Keep("with the mailbox", "AVG 5(1)(e)"),
    "account_emailconfirmation": Keep("not used: addresses come from the school", "-"),
    "auth_group": Keep("not used", "-"),
    "auth_group_permissions": Keep("not used", "-"),
    "auth_permission": Keep("not used; no personal data", "-"),
    "django_content_type": Keep("no personal data", "-"),
    "django_migrations": Keep("no personal data", "-"),
    "django_session": Keep("8 hours after the last visit", "AVG 5(1)(e)"),
    "mfa_authenticator": Keep("with the mailbox; seeds are encrypted", "AVG 5(1)(e)"),
    "portal_counters": Keep("a day: tries to sign in, as hashes", "trust R23"),
}
