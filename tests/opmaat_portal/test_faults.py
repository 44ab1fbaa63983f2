"""A page that fails is in the log, without the address and without the words of the error."""

import logging

import pytest
from django.http import Http404

from opmaat_portal.faults import faults_are_logged


def some_view() -> None: ...


def fail(error: Exception) -> None:
    raise error


def test_a_fault_is_one_line_with_place_and_kind_and_no_words(caplog):
    with pytest.raises(ValueError, match="Noor"), faults_are_logged(some_view):
        fail(ValueError("the name of Noor Jansen"))

    (line,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "some_view failed: ValueError at test_faults.py:" in line
    assert "Noor" not in line


def test_what_does_not_exist_is_no_fault(caplog):
    with pytest.raises(Http404), faults_are_logged(some_view):
        fail(Http404())

    assert not caplog.records
