"""Public ids: random codes, so that nobody learns a count or guesses a neighbour."""

import secrets

# Without 0/O, 1/I/L and U: read aloud over the phone without mistakes.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# Bytes to letters, each letter as often; the bytes that do not fill a whole alphabet are skipped. (An import draws
# thousands of codes: ten times as fast as one choice per letter.)
_FAIR = 256 - 256 % len(ALPHABET)
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_LEFT_OVER = bytes(range(_FAIR, 256))


def random_code(length: int = 10) -> str:
    """A code of `length` characters, 4.9 bits each (10 characters: 49 bits). Not a secret: a name."""
    code = b""
    while len(code) < length:
        code += secrets.token_bytes(2 * length).translate(_LETTERS, _LEFT_OVER)
    return code[:length].decode()
