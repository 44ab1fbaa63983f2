"""What the school does with its work list, and with what was recorded in error."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .key import KeyForm


class DoneForm(KeyForm):
    """What was done about a task, in a few words; `reader` is the parent or pupil who reads it on the own page."""

    note = forms.CharField(
        max_length=300,
        label=_("What did you do?"),
        help_text=_("In a few words. Only colleagues read this. Do not write down who said no."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write in a few words what you did.")},
    )

    def __init__(self, *args: Any, reader: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reader:
            note, name = self.fields["note"], {"name": reader}
            note.label = _("What do you answer to %(name)s?") % name
            note.help_text = (
                _("%(name)s reads this word for word, and gets a mail about it. Write about nobody else.")
                % name
            )


class TakeOutForm(KeyForm):
    """Which answers of one time were recorded in error, and why. Nothing is ticked beforehand."""

    answers = forms.MultipleChoiceField(
        label=_("Which answers were entered in error?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one answer."),
            "invalid_choice": _("Choose from these answers."),
        },
    )
    reason = forms.CharField(
        max_length=300,
        label=_("What went wrong?"),
        help_text=_("For example: typed over from the wrong form. The parent does not see this."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write in a few words what went wrong.")},
    )

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answers"].choices = list(options)


class JudgeForm(KeyForm):
    """A second person agrees or does not; `seen` are the requests that were on the page."""

    seen = forms.CharField(max_length=200, widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        error_messages={
            "required": _("Choose whether you agree."),
            "invalid_choice": _("Choose whether you agree."),
        },
    )
