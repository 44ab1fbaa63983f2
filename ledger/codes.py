"""Public ids: random codes, so that nobody learns a count or guesses a neighbour."""

import secrets

# Without 0/O, 1/I/L and U: read aloud over the phone without mistakes.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_code(length: int = 10) -> str:
    """A code of `length` characters, 4.9 bits each (10 characters: 49 bits). Not a secret: a name."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
