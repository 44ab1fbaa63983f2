"""A protocol is put in force: the full text and three summaries for each school, against bare WeasyPrint.

Ours is `publish` and then `make_due`, as the worker calls it, until nothing waits: asking, leasing, the page from its
template, the press in its own process, finishing, and keeping the file; CPU of all of them and PostgreSQL. The floor
makes the very same pages (each second one, counted twice). They take turns of a few seconds; what publishing itself
costs is spread over the turns. The press is warm, and a new one after each hundred documents is part of ours.

Nothing changed: the sweep that looks at all documents of 100 schools, against making those. The files of the 80 other
schools are those of the first one, put there by SQL: making 400 would take longer than a row may.
"""

import os
from collections.abc import Callable
from statistics import median

from bench import cpu
from bench.figures import Figure, Paired, spread
from bench.floor.paper import BarePress, bare_press
from bench.ground import Ground

SCHOOLS, MORE_SCHOOLS = 20, 100
EACH = 4  # documents of a school
TURN = 3.0  # seconds
CHANGED_GOAL, SAME_GOAL = 1.15, 0.05
AGAIN = 3
SAMPLE = 2  # the floor makes each second page of a turn: they are alike, and the row must end in time
Meter = Callable[[], float]


def publish(ground: Ground) -> list[Figure]:
    """CPU of publishing for 20 schools, and of looking again at 100, as shares of bare WeasyPrint."""
    with bare_press() as bare:
        ground.enter(ground.new("publish"))
        from bench.papers import Papers

        papers, roots = Papers(), [os.getpid(), ground.stack.pid("postgres")]

        def used() -> float:
            """CPU of this process, its press and PostgreSQL up to now."""
            return cpu.milliseconds([roots[0], roots[1]])

        papers.open_schools(1)
        papers.publish(papers.concept("0.9"))
        papers.make(seconds=60)  # the press has started, and has read its fonts
        bare.cpu_of(papers.pages(set(papers.made())))
        papers.open_schools(SCHOOLS)
        papers.look_again()
        papers.fill_up()
        first = _first_time(papers, bare, used)
        again = _nothing_changed(papers, used, each=first[1])
    return [first[0], again]


def _first_time(papers: "Papers", bare: BarePress, used: Meter) -> tuple[Figure, float]:  # noqa: F821
    """The figure, and what one document costs the floor."""
    version = papers.concept("1.0")
    before = used()
    papers.publish(version)
    asking, count = used() - before, SCHOOLS * EACH
    ours: list[float] = []
    floor: list[float] = []
    is_more = True
    while is_more:
        there, before = papers.made(), used()
        is_more = papers.make(seconds=TURN)
        spent = used() - before
        done = set(papers.made()) - set(there)
        if done:
            ours.append(spent + asking * len(done) / count)
            pages = papers.pages(done)
            sample = pages[::SAMPLE]
            floor.append(bare.cpu_of(sample) * len(pages) / len(sample))
    paired = Paired(tuple(ours), tuple(floor))
    sizes = papers.made()
    seen = (
        f"{sum(ours) / count:.0f} against {sum(floor) / count:.0f} ms for each of {count} documents, of that "
        f"{asking / count:.0f} ms for asking; {sum(sizes.values()) / len(sizes) / 1000:.0f} kB each"
    )
    what = f"CPU for {SCHOOLS} schools, against bare WeasyPrint"
    # All turns together: a turn with a new press costs more, and it is part of it.
    figure = Figure(what, sum(ours) / sum(floor), CHANGED_GOAL, noise=paired.noise, seen=seen)
    return figure, sum(floor) / count


def _nothing_changed(papers: "Papers", used: Meter, *, each: float) -> Figure:  # noqa: F821
    papers.open_schools(MORE_SCHOOLS)
    papers.fill_up()
    spent: list[float] = []
    for _ in range(AGAIN + 1):
        before = used()
        if papers.look_again():
            raise RuntimeError("something was asked for, though nothing had changed")
        spent.append(used() - before)
    shares = [one / (each * MORE_SCHOOLS * EACH) for one in spent[1:]]
    seen = (
        f"{median(spent[1:]):.0f} ms for {MORE_SCHOOLS * EACH} documents that would take {each:.0f} ms each"
    )
    what = f"CPU for {MORE_SCHOOLS} schools when nothing changed"
    return Figure(what, median(shares), SAME_GOAL, noise=spread(shares), seen=seen)
