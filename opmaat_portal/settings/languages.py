"""The languages of the portal by their own names, in the order of the menu; the Dutch text is authoritative."""

from django.conf.locale import LANG_INFO

# Django does not know Tigrinya; its plurals and months stand in our own catalogue, its dates in opmaat_portal.formats.
LANG_INFO.setdefault("ti", {"bidi": False, "code": "ti", "name": "Tigrinya", "name_local": "ትግርኛ"})

LANGUAGES = [
    ("nl", "Nederlands"),
    ("en", "English"),
    ("ar", "العربية"),
    ("tr", "Türkçe"),
    ("pl", "Polski"),
    ("uk", "Українська"),
    ("ti", "ትግርኛ"),
]
