"""The tablet at school: who starts it, how long it works, and what the code of a letter is worth on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from consent.choices import Value
from schools.choices import RoleName
from schools.models import Role

# The people whom parents know at the door: the office and the director of that school.
MAY_START_KIOSK = frozenset({RoleName.OFFICE, RoleName.DIRECTOR})
MOST_HOURS = 6
TONIGHT = 22
# A letter opens the tablet for a spring before the summer, or a summer before the start; then a new one is printed.
LETTER_DAYS = 120
# After so long without any request nobody is there any more, whatever the clock of the browser does.
FORGET_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class LetterStrength:
    """What is known of the letter that an answer comes through, about one question of one child.

    `latest`: the last yes or no of this parent before this visit, `latest_on` when.
    """

    needs_code_always: bool
    printed_on: date
    latest: Value | None = None
    latest_on: date | None = None


def kiosk_schools(roles: Sequence[Role]) -> set[int]:
    """The schools where these roles start a tablet: never the whole foundation."""
    return {role.school_id for role in roles if role.name in MAY_START_KIOSK and role.school_id is not None}


def end_times(now: datetime) -> list[datetime]:
    """The whole hours, in the time zone of `now`, at which a tablet that starts now may end: six at most."""
    first = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    hours = [first + timedelta(hours=n) for n in range(MOST_HOURS)]
    return [hour for hour in hours if hour - now <= timedelta(hours=MOST_HOURS)]


def end_tonight(now: datetime) -> datetime:
    """The proposal: ten in the evening, or as late as it may be before that; later in the night the first hour."""
    tonight = now.replace(hour=TONIGHT, minute=0, second=0, microsecond=0)
    times = end_times(now)
    return max((time for time in times if time <= tonight), default=times[0])


def letter_opens(printed_on: date, on: date) -> bool:
    """Whether a letter of that day still opens the tablet."""
    return printed_on <= on <= printed_on + timedelta(days=LETTER_DAYS)


def letter_may_say_yes(letter: LetterStrength) -> bool:
    """A letter may say yes as the paper itself may, and never undoes a newer no; a no may always be said.

    Who holds the letter proves as much as who hands in the form, without a signature but in a room with staff.
    Like the form it cannot make a yes of a no that was said since it was printed; what is said in this visit can
    be changed in this visit. And where a foundation always wants a mailed code for a yes, a letter is no code.
    """
    if letter.needs_code_always:
        return False
    if letter.latest != Value.NO or letter.latest_on is None:
        return True
    return letter.latest_on < letter.printed_on
