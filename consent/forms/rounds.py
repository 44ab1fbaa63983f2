"""Asking the parents."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.rules import why_no_such_round
from schools.models import School, SchoolYear

from .key import KeyForm


class RoundForm(KeyForm):
    """Asking the parents: which schools, and by when. `seen` comes back from the preview; `anew` is the one
    question that was changed, or "" for all."""

    name = forms.CharField(
        max_length=80,
        label=_("Name of this round"),
        help_text=_("Only you and your colleagues see it."),
        error_messages={"required": _("Give this round a name.")},
    )
    schools = forms.MultipleChoiceField(
        label=_("Which schools?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one school.")},
    )
    remind_on = forms.DateField(
        label=_("Reminder on"),
        help_text=_("Once, and only to who has not chosen anything yet."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Fill in a day."), "invalid": _("Fill in a day.")},
    )
    closes_on = forms.DateField(
        label=_("Closing day"),
        help_text=_("After it, parents can still choose. Who stays silent: no."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Fill in a day."), "invalid": _("Fill in a day.")},
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    anew = forms.SlugField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, schools: Sequence[School], opens_on: date, year: SchoolYear, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.all_schools, self.opens_on, self.year = list(schools), opens_on, year
        self.fields["schools"].choices = [(school.slug, school.name) for school in self.all_schools]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"remind_on", "closes_on"} <= found.keys():
            wrong = why_no_such_round(
                opens_on=self.opens_on,
                remind_on=found["remind_on"],
                closes_on=found["closes_on"],
                year_ends_on=self.year.ends_on,
            )
            if wrong:
                self.add_error(wrong[0], WRONG_DAY[wrong[1]])
        return found

    @property
    def chosen_schools(self) -> list[School]:
        """Empty when all are chosen: then the round is also for a school that comes later."""
        chosen = set(self.cleaned_data["schools"])
        some = [school for school in self.all_schools if school.slug in chosen]
        return [] if len(some) == len(self.all_schools) else some

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was filled in, as hidden fields for the next step."""
        rows = [(name, self.data.get(name, "")) for name in ("name", "remind_on", "closes_on", "anew")]
        return rows + [("schools", slug) for slug in self.cleaned_data["schools"]]


WRONG_DAY = {
    "not_after_today": _("Choose a day after today."),
    "after_year": _("Choose a day in this school year."),
    "not_before_closing": _("The reminder comes before the closing day."),
}
