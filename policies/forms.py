"""What administrators send in about the protocol; what a text means is for `domain/` to say."""

import hashlib
from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _

from schools.forms import KeyForm

from .choices import BlockKind, Origin, Outcome

MAX_FILE = 1_000_000  # bytes; as the reader of files holds it
BIGGEST_BODY = 8 * 1024 * 1024  # above it Django hands over no files at all
TOO_BIG = _("This is more than 1 MB. A protocol is a few pages: choose the text alone, without pictures.")
NUMBER_HINT = _("For example 3.0. Readers see it on every page.")


class LongText(forms.CharField):
    """Many lines. Without `maxlength` on the box: a browser would cut off what is pasted, and not say so."""

    def __init__(self, *, most: int, too_long: Any = "", **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(validators.MaxLengthValidator(most, message=too_long or None))

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def number_field(**options: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Version number"),
        max_length=10,
        help_text=NUMBER_HINT,
        error_messages={
            "required": _("Fill in a version number."),
            "max_length": _("A version number has at most 10 characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **options,
    )


class BringInForm(KeyForm):
    """A file or pasted text. `body_size` is that of the whole request: a body over the limit arrives without files."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("As readers see it, for example: Agreements on social media."),
        error_messages={
            "required": _("Fill in a title."),
            "max_length": _("A title has at most 120 characters."),
        },
    )
    number = number_field()
    file = forms.FileField(
        label=_("The file"),
        help_text=_("A .txt or .md file, at most 1 MB. From Word: save as plain text (.txt)."),
        required=False,
        error_messages={"empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".txt,.md,text/plain,text/markdown"}),
    )
    text = forms.CharField(
        label=_("Or paste the text here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    origin = forms.ChoiceField(
        label=_("Is this text in force already, from before the portal?"),
        choices=[(Origin.BEFORE.value, _("Yes")), (Origin.PORTAL.value, _("No"))],
        help_text=_("Yes: what the council decided may be unknown. No: it waits for the council."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether this text is in force already.")},
    )

    def __init__(self, *args: Any, body_size: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_too_big = body_size > BIGGEST_BODY

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if self.was_too_big or (file and file.size > MAX_FILE):
            raise forms.ValidationError(TOO_BIG, code="too_big")
        return file

    def clean_text(self) -> str:
        if len(self.cleaned_data["text"].encode()) > MAX_FILE:
            raise forms.ValidationError(TOO_BIG, code="too_big")
        return str(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        has_file, has_text = bool(clean.get("file")), bool(clean.get("text", "").strip())
        if not has_file and not has_text and not {"file", "text"} & self.errors.keys():
            self.add_error(
                "file", forms.ValidationError(_("Choose a file, or paste the text."), code="required")
            )
        if has_file and has_text:
            self.add_error(
                "text",
                forms.ValidationError(_("You gave a file and a text. Leave one of them out."), code="both"),
            )
        return clean

    @property
    def source(self) -> tuple[str, bytes]:
        """Name and bytes, of the file or of what was pasted (which may be written as Markdown)."""
        file = self.cleaned_data["file"]
        if file:
            file.seek(0)
            return str(file.name), bytes(file.read())
        return "tekst.txt", self.cleaned_data["text"].encode()

    @property
    def digest(self) -> str:
        """Of all that was sent: the same form with another text is another act."""
        clean, (name, data) = self.cleaned_data, self.source
        words = "\0".join([clean["title"], clean["number"], clean["origin"], name])
        return hashlib.sha256(words.encode() + data).hexdigest()

    @property
    def source_field(self) -> str:
        return "file" if self.cleaned_data.get("file") else "text"


class CouncilForm(KeyForm):
    """What the council decided. Which outcomes may be chosen depends on where the text comes from."""

    council = forms.CharField(
        label=_("Which council?"),
        max_length=60,
        required=False,
        help_text=_("For example: GMR of Stichting Opmaat. May stay empty when the decision is not known."),
        error_messages={
            "max_length": _("The name of a council has at most 60 characters."),
        },
    )
    outcome = forms.ChoiceField(
        label=_("What did the council decide?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the council decided.")},
    )
    decided_on = forms.DateField(
        label=_("On which day?"),
        required=False,
        help_text=_("For example 29-05-2026."),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        error_messages={"invalid": _("Write the day as 29-05-2026.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    minutes = LongText(
        label=_("Minutes"),
        most=2000,
        too_long=_("At most 2,000 characters: give the sentence, not all of the minutes."),
        required=False,
        help_text=_("Where the minutes are, or the sentence in them. Readers do not see this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, origin: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (outcome.value, outcome.label)
            for outcome in Outcome
            if outcome != Outcome.UNKNOWN or origin == Origin.BEFORE
        ]


class PublishForm(KeyForm):
    """The day from which the version holds."""

    in_force_on = forms.DateField(
        label=_("In force from"),
        help_text=_("For example 01-08-2026. May be in the future."),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        error_messages={
            "required": _("Fill in from which day the text is in force."),
            "invalid": _("Write the day as 01-08-2026."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class NextVersionForm(KeyForm):
    """The number of the next version, and what kind of change it will hold."""

    number = number_field()
    is_minor = forms.ChoiceField(
        label=_("What will change?"),
        choices=[("minor", _("Only a typing error")), ("major", _("More than that"))],
        help_text=_("A typing error keeps the council's decision. Anything else goes to the council again."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what will change.")},
    )

    def clean_is_minor(self) -> bool:
        return bool(self.cleaned_data["is_minor"] == "minor")


class EditsForm(KeyForm):
    """Which text was on the screen: how often it had been corrected by then."""

    edits = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


class SummaryForm(EditsForm):
    """The plain lines of a summary, and which text was on the screen when they were typed."""

    text = LongText(
        label=_("The text"),
        most=6000,
        too_long=_("A summary has at most 6,000 characters: it must fit on one sheet."),
        required=False,
        help_text=_(
            'Short lines. A line that begins with "- " is a point, with "# " a heading. {school} and {stichting} '
            "become the names."
        ),
        widget=forms.Textarea(attrs={"rows": 18}),
    )


class ChapterTitleForm(EditsForm):
    """A new chapter needs a title alone."""

    title = forms.CharField(
        label=_("Title of the chapter"),
        max_length=200,
        error_messages={
            "required": _("Fill in the title of the chapter."),
            "max_length": _("A title has at most 200 characters."),
        },
    )


class ChapterForm(ChapterTitleForm):
    """The head of a chapter that is corrected: what was on the screen (`seen`), and whether all of it was."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    is_whole = forms.BooleanField(required=False, widget=forms.HiddenInput)


class BlockForm(forms.Form):
    """One part of a chapter. A new part that stays empty is no part; an old one is taken away by its button."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    is_new = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_gone = forms.BooleanField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=BlockKind.choices, error_messages={"required": _("Choose the kind.")}
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=10,
        required=False,
        error_messages={"max_length": _("A number has at most 10 characters.")},
    )
    text = LongText(
        label=_("Text"),
        most=5000,
        too_long=_("A part has at most 5,000 characters: split it into two parts."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if not self.is_left_out and "text" in clean and not clean["text"]:
            self.add_error("text", forms.ValidationError(_("Fill in the text, or take this part away.")))
        return clean

    @property
    def is_left_out(self) -> bool:
        clean = self.cleaned_data
        return bool(
            clean.get("is_gone")
            or (clean.get("is_new") and not clean.get("text") and not clean.get("number"))
        )
