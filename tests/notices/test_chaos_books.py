"""The books of `make chaos`: every way in which they can be wrong is found, and nothing else is called wrong."""

import mailbox
from uuid import UUID, uuid4

import pytest
from django.core.mail import send_mail

from chaos import evidence
from chaos.books import FAILED, SENT, STOPPED, WAITING, File, Reconciled, Row, reconcile
from notices.domain.put import NewMessage, put_messages

NOON = 1_000_000.0


class Post:
    """An outbox with its mails, all in order; a test breaks one thing in it."""

    def __init__(self, size: int = 5) -> None:
        self.rows = [self.row(number) for number in range(size)]
        self.files = [File(str(row.id), NOON + 1) for row in self.rows]
        self.put_at = {row.id: NOON for row in self.rows}
        self.stopped_at: dict[UUID, float] = {}
        self.strangers: list[UUID] = []
        self.in_flight = 0

    @staticmethod
    def row(number: int, state: str = SENT, *, has_ticket: bool = False) -> Row:
        return Row(uuid4(), state, (f"round:{number}", "consent/invite", "12"), has_ticket)

    def found(self, *, is_final: bool = True) -> Reconciled:
        return reconcile(
            self.rows,
            self.files,
            put_at=self.put_at,
            stopped_at=self.stopped_at,
            in_flight=self.in_flight,
            tickets_without_mail=self.strangers,
            is_final=is_final,
        )


@pytest.fixture
def post() -> Post:
    return Post()


def test_books_in_order_are_right(post):
    found = post.found()

    assert found.is_right
    assert (found.put, found.copies, dict(found.states)) == (5, 0, {SENT: 5})
    assert found.longest_wait == 1.0


@pytest.mark.parametrize("is_final", [True, False])
def test_a_mail_that_is_called_sent_and_never_left_is_lost(post, is_final):
    gone = post.files.pop()

    found = post.found(is_final=is_final)

    assert found.lost == [f"{gone.key}: is called sent, never left"]
    assert not found.is_right


@pytest.mark.parametrize("is_final", [True, False])
def test_a_committed_message_that_is_in_no_row_is_lost(post, is_final):
    gone = uuid4()
    post.put_at[gone] = NOON

    assert post.found(is_final=is_final).lost == [f"{gone}: was committed, is not in the outbox"]


@pytest.mark.parametrize("is_final", [True, False])
def test_a_message_that_was_given_up_on_is_lost(post, is_final):
    failed = Post.row(9, FAILED)
    post.rows.append(failed)

    assert post.found(is_final=is_final).lost == [f"{failed.id}: was given up on"]


def test_what_still_waits_is_lost_at_the_end_only(post):
    waits = Post.row(9, WAITING, has_ticket=True)
    post.rows.append(waits)

    assert post.found(is_final=False).is_right
    assert post.found().lost == [f"{waits.id}: still waits"]


def test_what_waits_without_a_ticket_will_never_leave(post):
    post.rows.append(Post.row(9, WAITING))

    assert len(post.found(is_final=False).wrong) == 1


def test_a_ticket_of_what_was_sent_would_send_it_again(post):
    post.rows[0] = Row(post.rows[0].id, SENT, post.rows[0].of, has_ticket=True)

    assert len(post.found(is_final=False).wrong) == 1


def test_a_ticket_of_no_mail_is_wrong_at_the_end(post):
    post.strangers = [uuid4()]

    assert post.found(is_final=False).is_right
    assert len(post.found().wrong) == 1


@pytest.mark.parametrize("is_final", [True, False])
def test_two_different_mails_about_one_thing_are_doubled(post, is_final):
    again = Row(uuid4(), SENT, post.rows[0].of, has_ticket=False)
    post.rows.append(again)
    post.files.append(File(str(again.id), NOON + 2))

    assert post.found(is_final=is_final).doubled == ["round:0 consent/invite 12: 2 different mails"]


@pytest.mark.parametrize("key", [str(uuid4()), "not-one-of-ours", ""])
def test_a_mail_of_which_no_row_knows_is_doubled_at_the_end(post, key):
    """In between it may be of a row that was written after the rows were read."""
    post.files.append(File(key, NOON))

    assert post.found(is_final=False).is_right
    assert len(post.found().doubled) == 1


def test_the_same_mail_twice_is_a_copy_and_no_more_than_was_in_flight(post):
    post.files += [post.files[0], post.files[0], post.files[1]]
    post.in_flight = 3

    assert post.found().is_right
    assert post.found().copies == 3

    post.in_flight = 2

    assert post.found().wrong == ["3 copies and 0 that left and are called stopped; 2 were in flight"]


def test_a_digest_waits_for_the_evening_and_is_not_counted_as_slow(post):
    digest = Row(uuid4(), SENT, ("changed:2026-11-02T20:00", "consent/changed", "12"), has_ticket=False)
    post.rows.append(digest)
    post.put_at[digest.id] = NOON
    post.files += [File(str(digest.id), NOON + 500), File(str(post.rows[0].id), NOON + 9)]

    assert post.found().longest_wait == 1.0


def test_what_is_stopped_may_leave_for_two_seconds(post):
    row = Post.row(9, STOPPED)
    post.rows.append(row)
    post.stopped_at[row.id] = NOON
    post.files.append(File(str(row.id), NOON + 1.9))
    post.in_flight = 1

    assert post.found().is_right
    assert post.found().left_and_stopped == 1

    post.files[-1] = File(str(row.id), NOON + 2.5)

    assert post.found().wrong == [f"{row.id}: left 2.5 s after it was stopped"]


def test_more_called_stopped_than_could_have_left_unseen_is_wrong(post):
    row = Post.row(9, STOPPED)
    post.rows.append(row)
    post.files.append(File(str(row.id), NOON))

    assert post.found().wrong == ["0 copies and 1 that left and are called stopped; 0 were in flight"]


def test_a_stopped_one_may_keep_its_ticket_while_a_worker_has_it_in_hand(post):
    row = Post.row(9, STOPPED, has_ticket=True)
    post.rows.append(row)

    assert post.found(is_final=False).is_right
    assert post.found().wrong == [f"{row.id}: is stopped, and has a ticket"]


def test_what_is_stopped_and_never_left_is_no_loss(post):
    row = Post.row(9, STOPPED)
    post.rows.append(row)
    post.put_at[row.id] = post.stopped_at[row.id] = NOON

    assert post.found().is_right


def test_who_committed_and_died_before_writing_it_down_is_no_fault(post):
    del post.put_at[post.rows[0].id]

    assert post.found().is_right


def a_mail(row: Row) -> str:
    return f"Message-ID: <{row.id}@example.org>\nTo: ouder@post.example.org\n\nDag\n"


def test_a_file_that_disappears_from_the_maildir_is_found(post, tmp_path):
    box = mailbox.Maildir(str(tmp_path / "mail"))
    names = [box.add(a_mail(row)) for row in post.rows]

    post.files = evidence.Maildir(tmp_path / "mail").files()
    assert post.found().lost == []

    box.remove(names[2])
    post.files = evidence.Maildir(tmp_path / "mail").files()

    assert post.found().lost == [f"{post.rows[2].id}: is called sent, never left"]


def test_a_file_more_in_the_maildir_is_found(post, tmp_path):
    box = mailbox.Maildir(str(tmp_path / "mail"))
    maildir = evidence.Maildir(tmp_path / "mail")
    for row in post.rows:
        box.add(a_mail(row))
    post.files = maildir.files()
    assert post.found().is_right

    box.add(a_mail(post.rows[0]))  # the same Message-ID: a copy that nothing in flight explains
    box.add(a_mail(Post.row(9)))  # a Message-ID of nobody
    post.files = maildir.files()

    assert len(post.found().wrong) == 1
    assert len(post.found().doubled) == 1


@pytest.mark.django_db(transaction=True)
def test_the_rows_of_the_outbox_are_read_over_the_walls(cast, stack):
    """The numbers of `make chaos` come from the real tables: a message with its ticket, and a sign-in code."""
    with cast.acting():
        put_messages([NewMessage("proof/hello", cast.amina.id, "nl", "round:1")])
    send_mail("Uw code", "1234-5678", None, ["ouder@velen.example.org"])

    rows, strangers = evidence.rows_of(stack.database_url("postgres"))

    assert strangers == []
    assert {row.of for row in rows} == {
        ("round:1", "proof/hello", str(cast.amina.id)),
        ("to", "account", "ouder@velen.example.org", ""),
    }
    assert all(row.state == WAITING and row.has_ticket for row in rows)
    assert evidence.tickets(stack.database_url("postgres")) == 2
