"""The key that every form carries."""

import hashlib
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class KeyForm(forms.Form):
    """Every form carries a key: posted twice it acts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        again = _("This page was not complete. Your answers are still here. Send them once more.")
        self.fields["key"].error_messages = {"required": again, "invalid": again}

    def put(self, **values: object) -> None:
        """Change what the form carries when it is shown again; what was judged stays judged."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = str(value)

    @property
    def fingerprint(self) -> str:
        """What was sent, without the key: hashed, because what people write stays out of the books."""
        sent = [f"{name}={value}" for name, value in self.cleaned_data.items() if name != "key"]
        return hashlib.sha256("\0".join(sent).encode()).hexdigest()[:32]

    def renew(self) -> None:
        """A page that is shown again, perhaps with other answers, is another act: with the old key it would
        give the receipt of the old answers and lose the new ones."""
        self.put(key=uuid.uuid4())
