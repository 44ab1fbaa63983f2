"""What reporters and handlers send in; whether it may be done is for `domain/` to say."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ledger.acting import current

from .choices import About, Category, PersonPart, Reply, ReporterKind, Way, Wish
from .domain.report import ReportWords
from .pictures import MAX_BYTES, MOST, TOO_BIG, Picture, PictureRefused, read_picture
from .rules import says_something

TEXT_LENGTH = 5000
TOLD_LENGTH, LINE_LENGTH = 4000, 400
NOT_TOLD = frozenset(["key", "pictures", "known", "wish"])
UNKNOWN_SIGN = _("There is a sign in this text that we cannot keep. Type it again.")


class ActForm(forms.Form):
    """Every form carries a key: posted twice it acts once. The same key with other words is another act."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        again = _("This page was not complete. Your text is still here. Send it once more.")
        self.fields["key"].error_messages = {"required": again, "invalid": again}

    @property
    def fingerprint(self) -> str:
        """What was sent, without the key: hashed, because what people write stays out of the books."""
        sent = [f"{name}={value}" for name, value in self.cleaned_data.items() if name != "key"]
        return hashlib.sha256("\0".join(sent).encode()).hexdigest()[:32]


def long_text(
    label: Any, missing: Any, *, hint: Any = "", rows: int = 6, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=TEXT_LENGTH,
        required=required,
        error_messages={
            "required": missing,
            "max_length": _("This is too long. Use at most 5,000 characters."),
        },
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def one_of(
    label: Any, choices: Iterable[tuple[Any, Any]], missing: Any, *, hint: Any = "", required: bool = True
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=list(choices),
        required=required,
        error_messages={"required": missing, "invalid_choice": missing},
        widget=forms.RadioSelect,
    )


def worded(choices: Any) -> list[tuple[str, Any]]:
    """Each choice as a sentence of its own, with a capital."""
    return [(value, capfirst(label)) for value, label in choices.choices]


def a_list(label: Any, choices: Iterable[tuple[Any, Any]], missing: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", _("Choose")), *choices],
        error_messages={"required": missing, "invalid_choice": missing},
    )


# Reporters: without an account, and nothing is kept before it is sent.


class PicturesInput(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """At most three pictures, each decoded and drawn anew; gives a list of `Picture`."""

    widget = PicturesInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Picture]:
        files = data or []
        if len(files) > MOST:
            raise forms.ValidationError(_("Choose at most 3 pictures."))
        if any(file.size > MAX_BYTES for file in files):
            raise forms.ValidationError(TOO_BIG)
        try:
            return [read_picture(file.read()) for file in files]
        except PictureRefused as refused:
            raise forms.ValidationError(refused.message) from refused


def told(
    label: Any, missing: Any = "", *, most: int = TOLD_LENGTH, rows: int = 0, hint: Any = ""
) -> forms.CharField:
    """Free text without a limit in the browser: that would cut off, silently, what somebody pasted."""

    def fits(text: str) -> None:
        if len(text) > most:
            raise forms.ValidationError(
                _("This is too long: %(n)s letters. There is room for %(most)s. Make it shorter.")
                % {"n": len(text), "most": most}
            )
        if missing and not says_something(text):
            raise forms.ValidationError(_("Write a few words. Only pictures or signs cannot be understood."))

    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        validators=[fits],
        error_messages={"required": missing, "null_characters_not_allowed": UNKNOWN_SIGN},
        widget=forms.Textarea(attrs={"rows": rows})
        if rows
        else forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReportForm(ActForm):
    """Four questions on one page: pictures cannot be carried from page to page, and one page leaves less behind in
    the history of the browser. Only what happened, who did it and who you are must be answered (I1)."""

    what = told(_("Tell it in your own words"), _("Tell what happened."), rows=6)
    category = one_of(_("What is it most like?"), worded(Category), _("Choose what it is most like."))
    pictures = PicturesField(
        label=_("Pictures or screenshots (may be left out)"),
        help_text=_("At most 3, each at most 8 MB. School does not see where or when a picture was made."),
        required=False,
    )
    about = one_of(_("Who did it?"), worded(About), _("Choose who did it. “I do not know” is fine too."))
    who = told(_("Names, if you know them (may be left out)"), most=LINE_LENGTH)
    where_when = told(_("Tell where and when (may be left out)"), most=LINE_LENGTH, rows=2)
    happened_on = forms.DateField(
        label=_("On which day? (may be left out)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Fill in a date, for example 14-11-2026.")},
    )
    reporter_kind = one_of(_("You are"), worded(ReporterKind), _("Choose who you are."))
    known = one_of(
        _("May school know who you are?"),
        [("yes", _("Yes")), ("no", _("No, nobody may know"))],
        _("Choose whether school may know who you are."),
    )
    name = told(_("Your name"), most=LINE_LENGTH)
    contact = told(_("How can we reach you? (may be left out)"), most=LINE_LENGTH)
    wish = one_of(_("Who may read it?"), worded(Wish), _("Choose who may read it."), required=False)

    def clean_happened_on(self) -> date | None:
        day: date | None = self.cleaned_data["happened_on"]
        if day and day > current().today:
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """Who stays unknown leaves no name behind, also when one was typed before choosing so."""
        data = super().clean() or {}
        if data.get("known") == "yes" and "name" not in self.errors and not data.get("name"):
            self.add_error("name", _("Give your name, or choose that nobody may know who you are."))
        if data.get("known") != "yes":
            data |= {"name": "", "contact": ""}
        return data

    @property
    def words(self) -> ReportWords:
        """What was told, as `make_report` takes it; call on a valid form."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in NOT_TOLD}
        is_anonymous = self.cleaned_data["known"] == "no"
        return ReportWords(
            **given, is_anonymous=is_anonymous, wish=Wish(self.cleaned_data["wish"] or Wish.ANYBODY)
        )


class PhraseForm(forms.Form):
    """The eight words of a report; which report they open is for the view to find."""

    phrase = told(
        _("Your 8 words"),
        _("Type the 8 words that you wrote down."),
        rows=3,
        hint=_("Capitals do not matter. A space between the words is enough."),
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)


class MessageForm(ActForm):
    text = told(_("Do you want to tell something more?"), _("Write something first."), rows=4)


# Handlers: one small form per act.


class NoteForm(ActForm):
    text = long_text(
        _("Note"),
        _("Write the note."),
        hint=_(
            "Facts only: who, what, when. No judgement, health or origin. The reporter does not see this."
        ),
    )


class CorrectionForm(ActForm):
    text = long_text(_("What should it be?"), _("Write what it should be."), hint=_("The note itself stays."))


class AnswerForm(ActForm):
    text = long_text(
        _("Your answer"),
        _("Write the answer."),
        hint=_("The reporter reads this with the code. Do not name others."),
    )


class PersonForm(ActForm):
    """Somebody of the school, found by name, or only a name. Which of the two is for the page to say."""

    who = one_of(_("Who is it?"), [], _("Choose who it is."), required=False)
    name = forms.CharField(
        label=_("Somebody who is not in the list: name"),
        max_length=120,
        required=False,
        error_messages={"max_length": _("This name is too long.")},
    )
    part = one_of(_("What is their part?"), worded(PersonPart), _("Choose the part of this person."))

    def __init__(self, *args: Any, found: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = list(found)  # type: ignore[attr-defined]
        if not found:
            del self.fields["who"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("who") and not data.get("name", "").strip() and "name" not in self.errors:
            self.add_error("name", _("Choose somebody, or fill in a name."))
        return data


class MeasureForm(ActForm):
    rung = one_of(_("Which measure?"), [], _("Choose a measure."))
    reason = long_text(
        _("Why this measure?"),
        _("Write why this measure."),
        hint=_("Facts only. The parents may read this."),
        rows=4,
    )

    def __init__(self, *args: Any, rungs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rung"].choices = list(rungs)  # type: ignore[attr-defined]


class MoveForm(ActForm):
    """`seen` is the state that the page showed: when somebody else moved the case meanwhile, it is told."""

    seen = forms.CharField(max_length=10, widget=forms.HiddenInput)
    reason = long_text(_("Why?"), _("Write why."), rows=4)

    def __init__(self, *args: Any, asks_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_reason:
            del self.fields["reason"]


class GuardianForm(ActForm):
    """One tap beside a parent: a mail without content."""

    guardian = forms.CharField(max_length=10)


class ContactForm(ActForm):
    """A try to reach parents outside the portal. Asked, answered and no answer are three things (I4)."""

    guardian = one_of(_("With whom?"), [], _("Choose with whom."))
    way = one_of(
        _("How?"),
        [(key, label) for key, label in worded(Way) if key != Way.MAIL],
        _("Choose how you told it."),
    )
    reply = one_of(_("What came of it?"), worded(Reply), _("Choose what came of it."))
    note = long_text(_("What was said? (may be left out)"), "", rows=3, required=False)

    def __init__(self, *args: Any, guardians: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guardian"].choices = list(guardians)  # type: ignore[attr-defined]
        if not guardians:
            del self.fields["guardian"]


class HandOverForm(ActForm):
    colleague = a_list(_("To whom?"), [], _("Choose a colleague."))
    reason = long_text(_("Why?"), _("Write why."), hint=_("Your colleague reads this."), rows=4)

    def __init__(self, *args: Any, colleagues: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [("", _("Choose")), *colleagues]  # type: ignore[attr-defined]


class RecuseForm(ActForm):
    reason = long_text(_("Why?"), _("Write why."), rows=4)


class SpokenForm(ActForm):
    """What somebody told in person or by phone, in one minute (I2). Lists that open on a letter, few fields."""

    school = forms.ChoiceField(label=_("School"), error_messages={"required": _("Choose the school.")})
    reporter_kind = one_of(_("Who told it?"), worded(ReporterKind), _("Choose who told it."))
    name = forms.CharField(
        label=_("Name of who told it (may be left out)"),
        help_text=_("Is kept apart, sealed."),
        max_length=120,
        required=False,
    )
    category = a_list(_("What is it about?"), worded(Category), _("Choose what it is about."))
    about = a_list(_("Whom is it about?"), worded(About), _("Choose whom it is about."))
    who = forms.CharField(
        label=_("Their names (may be left out)"),
        help_text=_("Whoever is named does not get this report to handle."),
        max_length=300,
        required=False,
    )
    happened_on = forms.DateField(
        label=_("When was it?"),
        required=False,
        error_messages={"invalid": _("Fill in a date, for example 14-11-2026.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    what = long_text(
        _("What happened?"), _("Write what happened."), hint=_("In the words of who told it."), rows=4
    )

    def __init__(self, *args: Any, schools: Sequence[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["happened_on"].initial = today
        self.fields["school"].choices = list(schools)  # type: ignore[attr-defined]
        if len(schools) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.fields["school"].initial = schools[0][0]

    def clean_happened_on(self) -> date | None:
        day: date | None = self.cleaned_data["happened_on"]
        if day and day > self.today:
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return day
