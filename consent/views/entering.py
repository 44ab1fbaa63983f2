"""What staff type over: three choices per question, who made them, and how that is known."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.choices import Channel, Value
from consent.domain.entering import Values
from consent.domain.scans import MAX_BYTES, TOO_BIG, ReadScan, ScanRefused, read_scan
from consent.forms import KeyForm, Question, asked_mark
from schools.models import Guardian

THREE = [(str(value), value.label) for value in (Value.YES, Value.NO, Value.TALK)]


class ScanField(forms.FileField):
    """One scan, decoded and made anew; gives a ReadScan."""

    def clean(self, data: Any, initial: Any = None) -> ReadScan | None:
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MAX_BYTES:
            raise forms.ValidationError(TOO_BIG, code="too_big")
        try:
            return read_scan(file.read())
        except ScanRefused as refused:
            raise forms.ValidationError(refused.message, code=refused.code) from None


class EntryForm(KeyForm):
    """The choices of one person about one child. Nothing is ever chosen beforehand; a blank line stays blank."""

    def __init__(
        self, *args: Any, questions: Sequence[Question], signers: Sequence[Guardian], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.signers = list(questions), {guardian.code: guardian for guardian in signers}
        self.fields["asked"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=self.asked)
        for question in self.questions:
            self.fields[self.name_of(question)] = forms.ChoiceField(
                label=question.text.title,
                choices=THREE,
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": _("Choose one of the three answers.")},
            )
        if self.signers:
            self.fields["signer"] = forms.ChoiceField(
                label=_("Whose choice is it?"),
                choices=[(guardian.code, guardian.full_name) for guardian in signers],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose who made this choice.")},
            )

    @property
    def asked(self) -> str:
        return asked_mark(*(question.text.sha256 for question in self.questions))

    @staticmethod
    def name_of(question: Question) -> str:
        return f"q-{question.purpose.slug}"

    def renew(self) -> None:
        super().renew()
        self.put(asked=self.asked)

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("asked") != self.asked:
            self.add_error(None, _("The questions have changed. Look at them once more."))
        if self.questions and not any(clean.get(self.name_of(question)) for question in self.questions):
            self.add_error(None, _("Fill in at least one choice. A blank line on paper stays blank here."))
        return clean

    @property
    def values(self) -> Values:
        """Purpose → choice, of the lines that were filled in; call on a valid form."""
        given = {
            question.purpose.id: self.cleaned_data[self.name_of(question)] for question in self.questions
        }
        return {pk: Value(value) for pk, value in given.items() if value}

    @property
    def signer(self) -> Guardian | None:
        """None: the pupil, who decides alone."""
        return self.signers.get(self.cleaned_data.get("signer", ""))

    def said(self, about: str) -> str:
        """The act and its content, for `once`."""
        rows = " ".join(f"{pk}:{value}" for pk, value in self.values.items())
        return f"enter {about} {self.cleaned_data.get('signer', '')} {rows}"


class PaperEntryForm(EntryForm):
    """What stands on a form that came back."""

    def __init__(self, *args: Any, printed_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.printed_on, self.today = printed_on, today
        wrong = _("Fill in the day on the paper, between the day of printing and today.")
        self.fields["signed_on"] = forms.DateField(
            label=_("Date on the paper"),
            help_text=_("No date on it? Fill in today."),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"required": wrong, "invalid": wrong},
        )
        self.fields["scan"] = ScanField(
            label=_("Scan or photo of the paper (may be left out)"),
            help_text=_("JPEG, PNG or PDF, at most 8 MB."),
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
            error_messages={"empty": _("This file is empty. Choose another one.")},
        )

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if not self.printed_on <= day <= self.today:
            raise forms.ValidationError(self.fields["signed_on"].error_messages["required"])
        return day


class SpokenEntryForm(EntryForm):
    """What was said by phone or at the desk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"] = forms.ChoiceField(
            label=_("How?"),
            choices=[(str(Channel.PHONE), _("By phone")), (str(Channel.IN_PERSON), _("In person"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose by phone or in person.")},
        )
        self.fields["note"] = forms.CharField(
            label=_("Who was it, and how do you know?"),
            help_text=_("For instance: mother called from the number that we know."),
            max_length=300,
            error_messages={"required": _("Write who it was and how you know.")},
        )
