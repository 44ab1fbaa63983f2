"""One table of a chaos run. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from .books import SHOWN, File, Reconciled
from .points import POINTS
from .strike import Kill


def longest_silence(kills: Sequence[Kill], files: Sequence[File]) -> tuple[float, str]:
    """Seconds from a kill to the first mail after it, the longest of all kills, and at which point that was."""
    moments = sorted(file.at for file in files)
    gaps = [(0.0, "")]
    for kill in kills:
        after = bisect_right(moments, kill.at)
        if kill.is_hit and after < len(moments):
            gaps.append((moments[after] - kill.at, kill.point.name))
    return max(gaps)


def table(kills: Sequence[Kill], found: Reconciled, more: dict[str, str]) -> str:
    """Kills per point, then the numbers, then what is wrong."""
    hit, missed = _count(kills, is_hit=True), _count(kills, is_hit=False)
    lines = ["", f"{'point':36} kills  not reached"]
    lines += [
        f"{point.name:36} {hit[point.name]:5}  {missed[point.name] or '':11}"
        for point in POINTS
        if hit[point.name] or missed[point.name]
    ]
    numbers = {
        "kills": str(hit.total()),
        "messages put (committed)": str(found.put),
        **{f"  {state}": str(number) for state, number in sorted(found.states.items())},
        "LOST": str(len(found.lost)),
        "DOUBLED (another Message-ID)": str(len(found.doubled)),
        "otherwise wrong": str(len(found.wrong)),
        "came twice with the same Message-ID": str(found.copies),
        "  of what was in flight at the kills, at most": str(found.in_flight),
        "left just before its stop was written": str(found.left_and_stopped),
        "longest wait of one mail": f"{found.longest_wait:.1f} s",
        "left after a stop, at most": f"{max(found.longest_after_stop, 0):.1f} s",
        **more,
    }
    lines += ["", *(f"{name:60} {value:>10}" for name, value in numbers.items()), ""]
    for title, faults in (("lost", found.lost), ("doubled", found.doubled), ("wrong", found.wrong)):
        lines += [f"{title}: {fault}" for fault in faults[:SHOWN]]
        if len(faults) > SHOWN:
            lines.append(f"{title}: and {len(faults) - SHOWN} more")
    return "\n".join(lines)


def _count(kills: Sequence[Kill], *, is_hit: bool) -> Counter[str]:
    return Counter(kill.point.name for kill in kills if kill.is_hit is is_hit)
