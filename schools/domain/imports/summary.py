"""An import in numbers, in the order in which somebody wants to know them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

LABELS = {
    "pupils_new": _("New pupils"),
    "pupils_known": _("Pupils already known"),
    "pupils_changed": _("Pupils with other data"),
    "pupils_left": _("Pupils moved or left"),
    "guardians_new": _("New parents"),
    "guardians_known": _("Parents already known"),
    "guardians_changed": _("Parents with other data"),
    "links_new": _("New links between parent and child"),
    "links_changed": _("Links that change"),
    "links_ended": _("Links that end"),
    "staff_new": _("New teachers"),
    "staff_known": _("Teachers already known"),
    "staff_changed": _("Teachers with other data"),
    "roles_new": _("Teachers who get a group"),
    "roles_ended": _("Teachers who lose a group"),
    "groups_new": _("New groups"),
    "groups_changed": _("Groups with another name"),
    "places_in_groups": _("Places in groups that change"),
}
PEOPLE = {
    "pupils": _("pupils"),
    "guardians": _("parents"),
    "staff": _("teachers"),
    "enrolments": _("places at school"),
    "links": _("links between parent and child"),
    "roles": _("roles"),
    "places": _("places in groups"),
}


def summary(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """(words, how many), without the lines that are nought."""
    return [(str(words), numbers[name]) for name, words in LABELS.items() if numbers.get(name)]


def in_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The same for the numbers of an undoing."""
    return [(str(words), counts[name]) for name, words in PEOPLE.items() if counts.get(name)]
