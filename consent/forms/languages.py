"""Who has read a translation."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .key import KeyForm


class LanguageForm(KeyForm):
    """Somebody has read a translation: which one, and who."""

    language = forms.ChoiceField(
        label=_("Language"),
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )
    reader = forms.CharField(
        max_length=120,
        label=_("Who has read it?"),
        help_text=_("First name and surname. Somebody who speaks this language every day."),
        error_messages={"required": _("Fill in who has read it.")},
    )
    confirm = forms.BooleanField(
        label=_("This person has read the pages and mails of parents, and found them right."),
        error_messages={"required": _("Tick this only when it has been read.")},
    )

    def __init__(self, *args: Any, languages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Choose")), *languages]
