from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from ledger.retention import Keep

from .choices import Capacity, LinkKind


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A mailbox; without a password it signs in with a mailed code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A mailbox that can sign in: no name, no role; who stands behind it is told by `Reach` (outside the wall)."""

    retention = Keep("until no foundation knows the address any more", "AVG 5(1)(e)")
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="nl")
    created_at = models.DateTimeField(auto_now_add=True)
    sessions_round = models.PositiveIntegerField(
        default=0
    )  # one higher: every session that is open now is dead

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_lower",
                violation_error_code="email_not_lower",
                violation_error_message="An e-mail address is stored in lower case.",
            )
        ]

    def __str__(self) -> str:
        return self.email

    def has_usable_password(self) -> bool:
        """False too for a row that an import made without any password at all."""
        return bool(self.password) and super().has_usable_password()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Every session carries this mark: a new password or `sessions_round` makes all of them worthless (R21)."""
        mark = f"{self.password}:{self.sessions_round}"
        return salted_hmac("accounts.session", mark, secret=secret, algorithm="sha256").hexdigest()


class Reach(models.Model):
    """This mailbox may enter this foundation as this person. Read before any foundation is open."""

    retention = Keep("with the person it points at", "AVG 5(1)(e)")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reaches")
    foundation_id = models.BigIntegerField()
    capacity = models.CharField(max_length=10, choices=Capacity)
    person_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["foundation_id", "capacity", "person_id"],
                name="one_mailbox_per_person",
                violation_error_code="person_has_mailbox",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.capacity} {self.foundation_id}:{self.person_id}"


class LinkKey(models.Model):
    """The hash of a mailed link's token: tells which foundation it belongs to, before one is open.

    The token itself (160 bits) is stored nowhere: `accounts.links` derives it from `PORTAL_KEYS` when a mail
    is written.
    """

    retention = Keep("until the link ends", "stack: only the hash of a token is stored")
    token_hash = models.BinaryField(max_length=32, primary_key=True)
    foundation_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=LinkKind)
    target = models.UUIDField(unique=True)
    ends_at = models.DateTimeField()
