"""Asking people: of which kind, whom, and by when."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consent.choices import RoundKind
from consent.models import Purpose
from consent.rules import Days, why_no_such_round
from schools.models import School, SchoolYear

from .key import KeyForm

# What the form proposes: time to answer, and reminders when two thirds and nearly all of it have passed.
ANSWER_DAYS, REMIND_BEFORE = timedelta(days=21), (7, 2)
NEW_FAMILY_DAYS = 14
REMINDER_CHOICES = [
    (21, _("3 weeks before")),
    (14, _("2 weeks before")),
    (10, _("10 days before")),
    (7, _("1 week before")),
    (5, _("5 days before")),
    (3, _("3 days before")),
    (2, _("2 days before")),
    (1, _("1 day before")),
]
ONE_QUESTION = frozenset({RoundKind.EVENT, RoundKind.MATERIAL})
NO_REMINDERS = frozenset({RoundKind.OVERVIEW})


def day_field(**options: Any) -> forms.DateField:
    words = {"required": _("Fill in a day."), "invalid": _("Fill in a day.")}
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, error_messages=words, **options)


class RoundForm(KeyForm):
    """A round of one kind. `seen` comes back from the preview; `purpose` is the one question of an event, or that
    was changed. Each school may have days of its own (`opens_<slug>`, `closes_<slug>`), both or none."""

    kind = forms.ChoiceField(choices=RoundKind.choices, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=80,
        label=_("Name of this round"),
        help_text=_("Only you and your colleagues see it."),
        error_messages={"required": _("Give this round a name.")},
    )
    purpose = forms.ChoiceField(
        label=_("Which question?"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of these questions.")},
    )
    schools = forms.MultipleChoiceField(
        label=_("Which schools?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one school.")},
    )
    opens_on = day_field(label=_("Opens on"), help_text=_("The mails leave on this day."))
    closes_on = day_field(
        label=_("Closing day"), help_text=_("After it, people can still choose. Who stays silent: no.")
    )
    remind_before = forms.TypedMultipleChoiceField(
        label=_("Reminders"),
        help_text=_("Three at most, and only to who has not chosen anything yet."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=REMINDER_CHOICES,
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        schools: Sequence[School],
        purposes: Sequence[Purpose],
        today: date,
        year: SchoolYear,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.all_schools, self.today, self.year = list(schools), today, year
        self.fields["schools"].choices = [(school.slug, school.name) for school in self.all_schools]
        self.fields["purpose"].choices = [
            ("", _("Choose")),
            *((one.slug, one.short_label) for one in purposes),
        ]
        self.all_purposes = {one.slug: one for one in purposes}
        for school in self.all_schools:
            self.fields[f"opens_{school.slug}"] = day_field(label=_("Opens on"), required=False)
            self.fields[f"closes_{school.slug}"] = day_field(label=_("Closing day"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind = RoundKind(found.get("kind") or RoundKind.YEARLY)
        if kind in ONE_QUESTION and not found.get("purpose") and "purpose" not in self.errors:
            self.add_error("purpose", _("Choose the question."))
        if kind in NO_REMINDERS:
            found["remind_before"] = []
        if {"opens_on", "closes_on", "remind_before"} <= found.keys():
            self._check_days(found)
        self._check_event(found)
        return found

    def _check_days(self, found: dict[str, Any]) -> None:
        general = Days(found["opens_on"], found["closes_on"])
        self._complain("", general)
        for school in self.all_schools:
            opens_on, closes_on = found.get(f"opens_{school.slug}"), found.get(f"closes_{school.slug}")
            if (opens_on is None) != (closes_on is None):
                missing = "closes" if opens_on else "opens"
                self.add_error(f"{missing}_{school.slug}", _("Fill in both days of this school, or none."))
            elif opens_on and closes_on:
                self._complain(f"_{school.slug}", Days(opens_on, closes_on))

    def _check_event(self, found: dict[str, Any]) -> None:
        """Nobody is asked about what is over, nor about the event of a school where they have no child."""
        purpose, closes_on = self.all_purposes.get(found.get("purpose") or ""), found.get("closes_on")
        if purpose is None or "schools" not in found:
            return
        if purpose.event_on and closes_on and closes_on > purpose.event_on:
            day = date_format(purpose.event_on, "j F")
            self.add_error(
                "closes_on", _("The event is on %(day)s. Close on that day or before.") % {"day": day}
            )
        if purpose.school_id is not None:
            found["schools"] = [one.slug for one in self.all_schools if one.id == purpose.school_id]

    def _complain(self, suffix: str, days: Days) -> None:
        """At the field that does not fit: `suffix` names the school whose own days these are."""
        wrong = why_no_such_round(
            days=days,
            today=self.today,
            year_ends_on=self.year.ends_on,
            remind_before=self.cleaned_data.get("remind_before") or (),
        )
        if wrong:
            field = {"opens_on": "opens", "closes_on": "closes"}.get(wrong[0]) if suffix else wrong[0]
            name = f"{field}{suffix}" if suffix and field else wrong[0]
            if name not in self.errors:
                self.add_error(name, WRONG_DAY[wrong[1]])

    def refuse_quiet_day(self, day: date, names: Sequence[str]) -> None:
        """The mails cannot leave on this day: shown at every field that names it."""
        words = _(
            "No mail leaves on %(day)s for %(names)s: a Sunday, a holiday or a vacation. Choose another day."
        )
        for name in [field for field in self.fields if field.startswith("opens")]:
            if self.cleaned_data.get(name) == day and name not in self.errors:
                self.add_error(name, words % {"day": date_format(day, "j F"), "names": ", ".join(names)})

    @property
    def chosen_schools(self) -> list[School]:
        """Empty when all are chosen: then the round is also for a school that comes later."""
        some = self.ticked_schools
        return [] if len(some) == len(self.all_schools) else some

    @property
    def ticked_schools(self) -> list[School]:
        chosen = set(self.cleaned_data["schools"])
        return [school for school in self.all_schools if school.slug in chosen]

    @property
    def days(self) -> Days:
        return Days(self.cleaned_data["opens_on"], self.cleaned_data["closes_on"])

    @property
    def own_days(self) -> dict[int, Days]:
        """By the id of a chosen school the days that it chose itself."""
        found = {}
        for school in self.ticked_schools:
            opens_on, closes_on = (
                self.cleaned_data.get(f"{word}_{school.slug}") for word in ("opens", "closes")
            )
            if opens_on and closes_on:
                found[school.id] = Days(opens_on, closes_on)
        return found

    @property
    def chosen_purpose(self) -> Purpose | None:
        return self.all_purposes.get(self.cleaned_data.get("purpose") or "")

    @property
    def has_one_question(self) -> bool:
        return self.shown_kind in ONE_QUESTION

    @property
    def has_reminders(self) -> bool:
        return self.shown_kind not in NO_REMINDERS

    @property
    def shown_kind(self) -> RoundKind:
        """The kind that was asked for; of nonsense the usual one, with the error beside it."""
        kind = str(self["kind"].value())
        return RoundKind(kind) if kind in RoundKind.values else RoundKind.YEARLY

    def rows_of_schools(self) -> list[tuple[School, Any, Any]]:
        """For the page: each school with its two fields."""
        return [(one, self[f"opens_{one.slug}"], self[f"closes_{one.slug}"]) for one in self.all_schools]

    @property
    def has_own_days(self) -> bool:
        """Is there something to see in the folded part of the page?"""
        return any(o.value() or c.value() or o.errors or c.errors for _s, o, c in self.rows_of_schools())

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was filled in, as hidden fields for the next step."""
        names = ["kind", "name", "purpose", "opens_on", "closes_on"]
        names += [f"{word}_{school.slug}" for school in self.all_schools for word in ("opens", "closes")]
        rows = [(name, value) for name in names if (value := self.data.get(name, ""))]
        rows += [("remind_before", str(days)) for days in self.cleaned_data["remind_before"]]
        return rows + [("schools", slug) for slug in self.cleaned_data["schools"]]


class EnrolmentForm(KeyForm):
    """New pupils are asked by themselves: at which schools, and how many days a family gets."""

    schools = forms.MultipleChoiceField(
        label=_("Which schools?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one school.")},
    )
    answer_days = forms.IntegerField(
        label=_("How many days to answer?"),
        help_text=_("From the day that the parents get the mail. After it, they can still choose."),
        min_value=3,
        max_value=60,
        initial=NEW_FAMILY_DAYS,
        error_messages={
            "required": _("Fill in a number of days."),
            "invalid": _("Fill in a number of days."),
            "min_value": _("Give a family at least 3 days."),
            "max_value": _("Give a family at most 60 days."),
        },
    )

    def __init__(self, *args: Any, schools: Sequence[School], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.all_schools = list(schools)
        self.fields["schools"].choices = [(school.slug, school.name) for school in self.all_schools]

    @property
    def chosen_schools(self) -> list[School]:
        """Empty when all are chosen: then also for a school that comes later."""
        chosen = set(self.cleaned_data["schools"])
        some = [school for school in self.all_schools if school.slug in chosen]
        return [] if len(some) == len(self.all_schools) else some


WRONG_DAY = {
    "past": _("Choose today or a later day."),
    "not_after_opening": _("Choose a day after the opening."),
    "after_year": _("Choose a day in this school year."),
    "three_days": _("Choose three reminders at most."),
    "not_in_round": _("A reminder comes after the opening and before the closing day."),
}
