"""The made-up foundation of a chaos run: that of the demo, with groups of the size that is asked.

python -m chaos.people --seats 20
"""

from argparse import ArgumentParser
from dataclasses import replace

SLUG = "konot"  # of the demo's foundations the one with most schools; asks no code for a yes


def load(seats: int) -> None:
    """Write the foundation with `seats` pupils in each of its sixteen groups, and a first question."""
    from consent.querysets import school_year_of
    from ledger.acting import acting, system
    from opmaat_portal.demo.foundations import KONOT
    from opmaat_portal.demo.load import ask_questions, populate
    from schools.models import Foundation, SchoolYear

    schools = tuple(
        replace(school, groups=tuple(replace(group, seats=seats) for group in school.groups))
        for school in KONOT.schools
    )
    plan = replace(KONOT, slug=SLUG, schools=schools)
    foundation = Foundation.objects.create(
        slug=SLUG, name=plan.name, help_email="toestemming@konot.example.org", **plan.settings
    )
    with acting(system("chaos"), [foundation.id]) as act:
        first, last = school_year_of(act.today)
        year = SchoolYear.objects.create(
            foundation=foundation, name=f"{first.year}-{last.year}", starts_on=first, ends_on=last
        )
        populate(plan, foundation, year, act.today)
        ask_questions(plan, foundation, first)


def main() -> None:
    import django

    django.setup()
    parser = ArgumentParser()
    parser.add_argument("--seats", type=int, required=True)
    load(parser.parse_args().seats)


if __name__ == "__main__":
    main()
