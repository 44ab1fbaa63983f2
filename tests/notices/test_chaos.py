"""`make chaos`, in small: a few kills on a stack of its own, the books at the end, and the parts that run it."""

import json
import os
import random
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path
from uuid import uuid4

import pytest

from chaos import apps, journal, orders
from chaos.books import File, Reconciled
from chaos.points import FIRST, POINTS, schedule
from chaos.report import longest_silence, table
from chaos.strike import Kill
from devstack.stack import ROOT
from notices.domain import deliver

SECONDS = 300  # at most, on a busy machine; alone it takes a minute, half of it to make the tables


@pytest.mark.chaos
def test_a_short_run_loses_and_doubles_nothing():
    seed = random.randrange(10**6)
    # Five seconds, because two other test runs share the machine; `test_deliver` measures the two of R3.
    options = ["--minutes", "2", "--kills", str(len(FIRST)), "--stop-seconds", "5", "--seed", str(seed)]
    command = [sys.executable, "-m", "chaos", *options]
    # Nothing of the stack of this test run: that database is not killed.
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}

    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    said = f"seed {seed}\n{done.stdout}{done.stderr}"
    assert done.returncode == 0, said
    assert "Nothing lost, nothing doubled." in done.stdout, said
    struck = set(re.findall(r"^ +\d+ +[\d.]+ s  (\S+)$", done.stdout, re.M))  # not those that nobody reached
    assert struck <= set(FIRST), said
    assert len(struck) >= 5, said
    assert "postgres:in-put" in struck, said


def test_the_schedule_is_the_same_for_the_same_seed_and_leaves_nothing_out():
    names = [point.name for point in islice(schedule(7), 2 * len(POINTS))]

    assert names == [point.name for point in islice(schedule(7), 2 * len(POINTS))]
    assert sorted(names) == sorted(2 * [point.name for point in POINTS])
    assert names != [point.name for point in islice(schedule(8), 2 * len(POINTS))]


def test_a_short_schedule_begins_with_one_of_each_kind():
    names = [point.name for point in islice(schedule(7, is_short=True), len(FIRST))]

    assert sorted(names) == sorted(FIRST)


def test_every_hook_is_somewhere_obeyed():
    text = "".join((ROOT / "chaos" / name).read_text() for name in ("apps.py", "acts.py", "mailbox.py"))

    assert [point.hook for point in POINTS if point.hook and f'"{point.hook}"' not in text] == []


def test_a_step_that_has_another_name_now_is_told_aloud():
    """A point at which nobody can stand any more would make every run green."""
    with pytest.raises(AttributeError, match="hand_it_over"):
        apps._surround(deliver, "hand_it_over", before="worker:before-smtp")
    with pytest.raises(AttributeError, match="OLD_PAUSE"):
        apps._instead(deliver, "OLD_PAUSE", 1)


def test_the_table_shows_kills_faults_and_the_longest_silence():
    kills = [Kill(POINTS[0], 10.0, is_hit=True), Kill(POINTS[1], 20.0, is_hit=False)]
    files = [File("a", 9.0), File("b", 14.5), File("c", 21.0)]
    found = Reconciled(lost=[f"message {number}" for number in range(7)], put=3)

    lines = table(kills, found, {"seconds": "5"}).splitlines()

    assert longest_silence(kills, files) == (4.5, POINTS[0].name)
    assert [line.split() for line in lines if line.startswith("worker:")] == [
        [POINTS[0].name, "1"],
        [POINTS[1].name, "0", "1"],
    ]
    assert {line.split()[-1] for line in lines if line.startswith("LOST")} == {"7"}
    assert [line for line in lines if line.startswith("lost: ")][-1] == "lost: and 2 more"


def test_an_order_is_obeyed_once_and_only_where_it_lies(tmp_path: Path):
    command = [sys.executable, "-c", "from chaos.orders import obey; obey('here'); print('alive')"]
    env = {**os.environ, orders.FOLDER: str(tmp_path)}

    def passes_by() -> int:
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False).returncode

    orders.give(tmp_path, "there", orders.DIE)
    assert passes_by() == 0

    orders.give(tmp_path, "here", orders.DIE)
    assert passes_by() == -9
    assert orders.is_reached(tmp_path, "here")
    assert not orders.is_reached(tmp_path, "there")
    assert passes_by() == 0


def test_an_order_that_was_taken_back_kills_nobody(tmp_path: Path, monkeypatch):
    monkeypatch.setenv(orders.FOLDER, str(tmp_path))
    orders.give(tmp_path, "here", orders.DIE)

    orders.take_back(tmp_path, "here")

    orders.obey("here")
    assert list(tmp_path.iterdir()) == []


def test_the_journal_tells_what_was_put_and_what_is_in_doubt(tmp_path: Path):
    file, put, stopped = tmp_path / "journal", uuid4(), uuid4()
    journal.begin(file, 0, "round")
    journal.done(file, 0, [put], [stopped])
    journal.begin(file, 1, "answer")
    with file.open("a") as cut_off:
        cut_off.write('\n{"act": 1, "done": 17')

    noted = journal.read(file)

    assert (set(noted.put_at), set(noted.stopped_at)) == ({put}, {stopped})
    assert (noted.acts, noted.begun) == (1, (1, "answer"))

    journal.done(file, 1, [], [])  # after half a line, too

    assert journal.read(file).begun is None
    assert journal.read(file).acts == 2


def test_the_first_moment_of_a_message_counts(tmp_path: Path):
    file, pk = tmp_path / "journal", uuid4()
    rows = [{"act": act, "done": 10.0 + act, "put": [str(pk)], "stopped": []} for act in range(2)]
    file.write_text("\n".join(json.dumps(row) for row in rows))

    assert journal.read(file).put_at == {pk: 10.0}
