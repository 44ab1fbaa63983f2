"""What a family sends in beside its choices."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.choices import TaskKind
from consent.models import Purpose

from .asking import Question
from .key import KeyForm


class WithdrawForm(KeyForm):
    """No to everything about one child; `seen` says which answers stood on the page."""

    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def show_for(self, seen: str) -> None:
        """Make it ready to be shown, first or again."""
        if self.is_bound:
            self.renew()
            self.put(seen=seen)
        self.fields["seen"].initial = seen


def _told(label: Any, missing: Any, *, most: int, rows: int = 0, hint: Any = "") -> forms.CharField:
    """Free words. No limit in the browser: that would cut off, silently, what somebody pasted."""

    def fits(text: str) -> None:
        if len(text) > most:
            raise forms.ValidationError(_("This is too long. Use at most %(most)s letters.") % {"most": most})
        if missing and not any(sign.isalnum() for sign in text):
            raise forms.ValidationError(missing)

    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        validators=[fits],
        error_messages={
            "required": missing,
            "null_characters_not_allowed": _(
                "There is a sign in this text that we cannot keep. Type it again."
            ),
        },
        widget=forms.Textarea(attrs={"rows": rows})
        if rows
        else forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RemarkForm(KeyForm):
    """Something is wrong: what it is about, and a few words."""

    about = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[
            (str(TaskKind.WRONG_ADDRESS), _("My e-mail address or name")),
            (str(TaskKind.WRONG_CHILD), _("My child")),
            (str(TaskKind.WRONG_AUTHORITY), _("Who decides about my child")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("Choose what it is about."),
        },
    )
    text = _told(_("What is wrong?"), _("Write in a few words what is wrong."), most=480, rows=4)


class ObjectionForm(KeyForm):
    """Take this one item away (C12): where it is, and what can be seen; for which purpose only if they know."""

    where = _told(
        _("Where did you see it?"),
        _("Write where you saw it."),
        most=240,
        rows=2,
        hint=_("A link, or in words: which page, app or paper."),
    )
    what = _told(_("What is it?"), _("Write in a few words what it is."), most=240, rows=3)
    purpose = forms.ChoiceField(label=_("Which question is it about? (may be left out)"), required=False)

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [
            ("", _("I do not know which one")),
            *((question.purpose.slug, question.text.title) for question in questions),
        ]
        self.fields["purpose"].error_messages["invalid_choice"] = _("Choose from the list.")
        self.by_slug = {question.purpose.slug: question.purpose for question in questions}

    @property
    def chosen(self) -> Purpose | None:
        return self.by_slug.get(self.cleaned_data["purpose"])

    @property
    def words(self) -> str:
        """As the school reads it: where, then what."""
        return f"{self.cleaned_data['where']}\n{self.cleaned_data['what']}"


class PupilObjectionForm(ObjectionForm):
    """The same for a pupil, who is spoken to otherwise."""

    where = _told(
        _("Where did you see that?"),
        _("Write where it was."),
        most=240,
        rows=2,
        hint=_("A link, or in words: which page, app or paper."),
    )
