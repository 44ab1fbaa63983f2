"""Opening the proof of choices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .key import KeyForm


class ReasonForm(KeyForm):
    """Why somebody opens the proof about a pupil; kept in the ledger."""

    reason = forms.CharField(
        label=_("Why do you open this?"),
        help_text=_("For example: question of the inspectorate, request of a parent. It is kept."),
        max_length=300,
        min_length=3,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Fill in why you open this."),
            "min_length": _("Fill in why you open this."),
            "max_length": _("Use at most 300 letters."),
            "null_characters_not_allowed": _("Fill in why you open this."),
        },
    )
