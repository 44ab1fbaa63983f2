"""What an administrator sends in about a question; what fixing it does is for `domain/purposes.py` to say."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consent.choices import PARENT_LANGUAGES, Layer, Picture
from consent.domain.purposes import LABEL, TITLE
from consent.forms import KeyForm
from schools.models import School

EXPLANATION, PLACE, MOST_PLACES = 200, 60, 12
DAY = {"required": _("Fill in a day."), "invalid": _("Fill in a day.")}


class PlainLine(forms.CharField):
    """One line of text as people type it: spaces and line breaks become one space, something must be readable."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


class WordsForm(KeyForm):
    """A question in every language of the parents, Dutch always, with the places that it covers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in PARENT_LANGUAGES:
            self._add_words(language, is_needed=language == "nl")
        self.fields["places"] = forms.CharField(
            label=_("Places"),
            help_text=_(
                "One on each line, by name: Instagram, the newsletter. Staff cannot use another place."
            ),
            max_length=MOST_PLACES * (PLACE + 2),
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={
                "required": _("Name at least one place."),
                "max_length": _("These are too many or too long. At most 12 places of 60 characters."),
            },
        )

    def _add_words(self, language: str, *, is_needed: bool) -> None:
        missing = _("Fill in the Dutch words. They are the ones that count.")
        for part, label, most in (
            ("title", _("Title"), TITLE),
            ("explanation", _("Explanation"), EXPLANATION),
        ):
            self.fields[f"{part}_{language}"] = PlainLine(
                label=label,
                max_length=most,
                required=is_needed,
                widget=(forms.Textarea if part == "explanation" else forms.TextInput)(
                    attrs={"lang": language, "dir": "auto"} | ({"rows": 2} if part == "explanation" else {})
                ),
                error_messages={
                    "required": missing,
                    "max_length": _("At most %(limit_value)d characters."),
                },
            )

    def clean_places(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["places"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if is_readable(line)))
        if not found or len(found) > MOST_PLACES or any(len(line) > PLACE for line in found):
            code = "max_length" if found else "required"
            raise forms.ValidationError(self.fields["places"].error_messages[code], code)
        if len({line.casefold() for line in found}) < len(found):
            raise forms.ValidationError(_("A place stands here twice."), "twice")
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for language in PARENT_LANGUAGES:
            title, explanation = (f"title_{language}", f"explanation_{language}")
            for name in (title, explanation):
                if found.get(name) and not is_readable(found[name]):
                    self.add_error(name, _("Fill in words that can be read."))
            if bool(found.get(title)) != bool(found.get(explanation)) and not (
                self.errors.keys() & {title, explanation}
            ):
                empty = explanation if found.get(title) else title
                self.add_error(
                    empty, _("Fill in both, or leave both empty: then parents read the Dutch words.")
                )
        return found

    @property
    def words(self) -> dict[str, tuple[str, str]]:
        """Per language the title and the explanation; what was left empty is not among them."""
        clean = self.cleaned_data
        return {
            language: (clean[f"title_{language}"], clean[f"explanation_{language}"])
            for language in PARENT_LANGUAGES
            if clean[f"title_{language}"]
        }

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The fields per language, for the page."""
        return [
            {
                "code": language,
                "name": dict(settings.LANGUAGES).get(language, language),
                "fields": [self[f"title_{language}"], self[f"explanation_{language}"]],
            }
            for language in PARENT_LANGUAGES
        ]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was filled in, as hidden fields for the next step."""
        names = [name for name in self.fields if name not in {"key", "seen"}]
        return [(name, value) for name in names for value in self.data.getlist(name)]


class PurposeForm(WordsForm):
    """A new question. `is_event`: it is about one day."""

    short_label = PlainLine(
        label=_("Word for staff"),
        help_text=_("Short: it is the button that staff tap. Parents do not see it."),
        max_length=LABEL,
        error_messages={
            "required": _("Give it a short word for staff."),
            "max_length": _("At most %(limit_value)d characters."),
        },
    )
    layer = forms.ChoiceField(
        label=_("Who can see it?"),
        choices=Layer.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who can see it."),
            "invalid_choice": _("Choose who can see it."),
        },
    )
    picture = forms.ChoiceField(
        label=_("Which example picture?"),
        choices=Picture.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of these pictures.")},
    )
    school = forms.ChoiceField(label=_("For which school?"), required=False)
    all_must_agree = forms.BooleanField(
        label=_("All parents who decide must say yes"),
        help_text=_("Without it one yes is enough, when nobody says no."),
        required=False,
    )
    event_on = forms.DateField(
        label=_("Day of the activity"),
        help_text=_("Parents are asked until that day."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DAY,
    )

    def __init__(
        self, *args: Any, schools: Sequence[School], is_event: bool, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schools, self.today = {school.slug: school for school in schools}, today
        self.fields["school"].choices = [("", _("all schools")), *((s.slug, s.name) for s in schools)]
        if not is_event:
            del self.fields["event_on"]

    def clean_short_label(self) -> str:
        label: str = self.cleaned_data["short_label"]
        if not is_readable(label):
            raise forms.ValidationError(_("Fill in words that can be read."))
        return label

    def clean_event_on(self) -> date:
        day: date = self.cleaned_data["event_on"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        if (day - self.today).days > 2 * 366:
            raise forms.ValidationError(_("Choose a day within two years."))
        return day

    @property
    def chosen(self) -> dict[str, Any]:
        clean = self.cleaned_data
        return {
            "short_label": clean["short_label"],
            "layer": Layer(clean["layer"]),
            "all_must_agree": clean["all_must_agree"],
            "places": clean["places"],
            "school": self.schools.get(clean["school"]),
            "event_on": clean.get("event_on"),
            "picture": clean["picture"],
        }


class WordingForm(WordsForm):
    """Other words for a question that exists. `seen`: the question as it stood on the screen."""

    kind = forms.ChoiceField(
        label=_("What kind of change is this?"),
        choices=[
            ("minor", _("Minor: it means the same. Every yes goes on.")),
            ("material", _("Material: it means something else. Every yes ends, parents are asked again.")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the change is minor or material."),
            "invalid_choice": _("Choose whether the change is minor or material."),
        },
    )
    in_force_on = forms.DateField(
        label=_("From which day?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DAY,
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_in_force_on(self) -> date:
        day: date = self.cleaned_data["in_force_on"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        if (day - self.today).days > 366:
            raise forms.ValidationError(_("Choose a day within a year."))
        return day

    @property
    def is_material(self) -> bool:
        return bool(self.cleaned_data["kind"] == "material")


class PictureForm(KeyForm):
    """Another example picture for a question that exists."""

    picture = forms.ChoiceField(
        label=_("Which example picture?"),
        choices=Picture.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of these pictures."),
            "invalid_choice": _("Choose one of these pictures."),
        },
    )


class MoveForm(KeyForm):
    """One of these questions one place up, or one place down."""

    up = forms.SlugField(required=False)
    down = forms.SlugField(required=False)


class SeenForm(KeyForm):
    """Only a button: `seen` says what was on the screen."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


def is_readable(words: str) -> bool:
    """At least one letter or figure of any script: signs that nobody sees are no words."""
    return any(sign.isalnum() for sign in words)
