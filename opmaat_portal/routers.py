from typing import Any


class OneDatabase:
    """Three aliases, one database: the app works through `default`, `owner` only migrates, and counters of
    attempts (the cache) have a connection of their own, so that they survive the rollback of a request."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "counters" if model._meta.app_label == "django_cache" else "default"

    db_for_write = db_for_read

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
