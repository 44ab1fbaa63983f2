"""Row `consent-write`: 16 people choose at the same time in one foundation, against bare insert and upsert.

Ours is all that a submission does: rules, lock on the child, answers, fast state, ledger, receipt, message to the other
parent of who changed something, reminders, tasks, doorbell. The floor writes as many rows into tables of the same
columns and indexes, in two statements, and does nothing else.
"""

from statistics import median

from bench.clients import clients
from bench.figures import Figure, Paired
from bench.ground import SMALL, Ground

DATABASE, ROUNDS, SECONDS, WORK = "writes", 7, 2.0, 0.005


def consent_write(ground: Ground) -> list[Figure]:
    ground.new(DATABASE, like=SMALL)
    ground.enter(DATABASE)
    from bench.choosing import acts_of, lay_floor

    lay_floor(ground.url(DATABASE))
    server = [ground.stack.pid("postgres")]
    with clients(acts_of) as everybody:
        figures = []
        for work, goal in (("", 0.7), (" and 5 ms of work", 0.85)):
            rounds = []
            for number in range(ROUNDS + 1):
                pair = everybody.do("ours" + work, SECONDS), everybody.do("floor" + work, SECONDS)
                if number:
                    rounds.append(pair)
            paired = Paired(tuple(a.rate for a, _ in rounds), tuple(b.rate for _, b in rounds))
            seen = f"{median(paired.ours):.0f} against {median(paired.floor):.0f} a second"
            figures.append(
                Figure(f"submissions{work}", paired.ratio, goal, at_most=False, noise=paired.noise, seen=seen)
            )
    return figures
