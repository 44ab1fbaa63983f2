"""Starting the tablet at school, and the code of a letter on it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.models import School

from .key import KeyForm

# As the portal makes them (`ledger.codes`); spaces and dashes that people type between the groups are left out.
LETTER_CODE = re.compile(r"[2-9A-HJKMNP-TV-Z]{10}")


WRONG_LETTER = _("This code is not right. Look at your letter and type it once more.")


class StartKioskForm(KeyForm):
    """At which school, and until when; the proposed time comes in from outside, because it depends on the clock."""

    school = forms.ChoiceField(label=_("At which school?"))
    until = forms.ChoiceField(label=_("Until what time?"))

    def __init__(
        self, *args: Any, schools: Sequence[School], times: Sequence[datetime], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {school.slug: school for school in schools}
        self.times = {f"{time:%Y-%m-%dT%H}": time for time in times}
        again = _("Choose one of these.")
        nothing = [("", _("Choose"))] if len(schools) > 1 else []
        for name, options in (
            ("school", [*nothing, *((slug, school.name) for slug, school in self.schools.items())]),
            ("until", [(key, f"{time:%H.%M}") for key, time in self.times.items()]),
        ):
            field = self.fields[name]
            field.choices = options  # type: ignore[attr-defined]
            field.error_messages = {"required": again, "invalid_choice": again}

    @property
    def chosen_school(self) -> School:
        return self.schools[self.cleaned_data["school"]]

    @property
    def ends_at(self) -> datetime:
        return self.times[self.cleaned_data["until"]]


class LetterForm(forms.Form):
    """The code of a letter, typed by a parent."""

    code = forms.CharField(
        label=_("Code of your letter"),
        help_text=_("10 letters and digits. You find them at the bottom of your letter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
        error_messages={
            "required": _("Fill in the code of your letter."),
            "max_length": WRONG_LETTER,
            "null_characters_not_allowed": WRONG_LETTER,
        },
    )

    def clean_code(self) -> str:
        """Ten signs, or nothing that could be a code: then it is not looked up."""
        code = re.sub(r"[\s-]", "", self.cleaned_data["code"]).upper()
        return code if LETTER_CODE.fullmatch(code) else ""
