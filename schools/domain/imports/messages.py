"""The words for everything that can be wrong: what it is, and what to do about it."""

from django.utils.translation import gettext_lazy as _

from .refusal import FileRefused, ImportRefused

# A file that is refused as a whole.
FILES = {
    "too_big": _("The file is larger than 8 MB. Export one school at a time."),
    "empty": _("The file is empty. Make the export again."),
    "has_doctype": _("The file has a document type (DOCTYPE). EDEXML has none. Make the export again."),
    "not_xml": _("This is not a whole XML file: line %(line)s cannot be read. Make the export again."),
    "not_edexml": _("This is not an EDEXML file. Choose the export “EDEX & UWLR” in your pupil administration."),
    "other_version": _("This is another version of EDEXML. Choose version 2.1 for the export."),
    "encoding": _("The letters in this file cannot be read. Save it as UTF-8."),
    "no_school": _("The part about the school is missing. Make the export again, with all parts."),
    "no_brin": _("The number of the school (BRIN) is missing or wrong. Put it right in your pupil administration."),
    "no_year": _("The school year is missing or wrong. Choose the school year again for the export."),
    "no_pupils": _("There are no pupils in this file. Choose the export with pupils and groups."),
    "several_locations": _("This file has several locations. Export one location at a time."),
    "keys_are_bsn": _("The numbers of the people look like citizen service numbers (BSN). "
                      "Those may never come in here. Export with the pupil number instead."),
    "is_spreadsheet": _("This is a spreadsheet. Save it as CSV first."),
    "not_text": _("This is not a CSV file. Choose the file with the guardians."),
    "not_csv": _("The columns cannot be told apart. Save the file as CSV with semicolons."),
    "broken_csv": _("Line %(line)s cannot be read: a quotation mark is missing. Put it right and save the file again."),
    "no_rows": _("There are no guardians in this file."),
    "columns_missing": _("These columns are missing: %(columns)s. Add them to the export."),
    "school_unknown": _("The portal does not know a school with number %(brin)s, location %(location)s. "
                        "Is this the right file?"),
    "not_your_school": _("This file is of a school that you do not import for. Choose the file of your own school."),
}  # fmt: skip
# An act that is refused; nothing was changed.
ACTS = {
    "has_errors": _("There are still errors in the file. Put them right in your pupil administration and start again."),
    "must_choose": _("Choose for everybody at “Is this the same person?” first."),
    "changed": _("Something changed since you looked. Look at it again."),
    "wrong_state": _("This import was already taken in, stopped or undone."),
    "too_late": _("This can only be done for 24 hours, and only with the last import of this school."),
    "same_person": _("Somebody else must agree with this import. You started it yourself."),
    "not_saved": _("This does not fit with what the portal knows already. Nothing was saved. "
                   "Ask the administrator to look at it."),
    "not_undone": _("The import could not be undone. Nothing was changed. Ask the administrator to look at it."),
}  # fmt: skip
# One cell: (what is wrong, what to do).
ROWS = {
    "missing": (_("This is empty."), _("Fill it in.")),
    "twice": (_("This number is in the file twice."), _("Give everybody one number of their own.")),
    "too_long": (_("This is too long."), _("Make it shorter.")),
    "control_character": (_("There is an invisible sign in it."), _("Type it again.")),
    "looks_like_bsn": (_("There is a number in it that looks like a BSN."), _("Take the number out.")),
    "looks_like_eck": (_("This is an ECK iD."), _("Export with the pupil number instead.")),
    "not_a_date": (_("This is not a date."), _("Write it as 31-12-2015.")),
    "not_an_email": (_("This is not an e-mail address."), _("Put the address right, or leave it empty.")),
    "not_yes_or_no": (_("This is not yes or no."), _("Write “ja” or “nee”.")),
    "authority_missing": (_("It does not say who decides about the child."),
                          _("Write “ja”, “alleen informatie” or “nee”.")),
    "authority_unknown": (_("The portal does not know this word."), _("Write “ja”, “alleen informatie” or “nee”.")),
    "authority_verified": (_("The school has seen a paper that says that this parent may do less."),
                           _("Put it right in the pupil administration, or ask the administrator.")),
    "representation_unknown": (_("The portal does not know this word."),
                               _("Write “curatele” or “mentorschap”, or leave it empty.")),
    "group_unknown": (_("This group is not in the file."), _("Put the pupil or teacher in a group that is.")),
    "pupil_unknown": (_("This pupil is not in the EDEXML file."),
                      _("Export both files on the same day, of the same school.")),
    "link_twice": (_("This guardian is in the file twice for the same child."), _("Take one of the rows out.")),
    "guardian_differs": (_("Another row has the same guardian with another name or address."),
                         _("Make the rows the same, or give the other person another number.")),
    "until_before_since": (_("The last day is before the first day."), _("Put one of the dates right.")),
    "too_many_cells": (_("This row has more cells than there are columns."),
                       _("Put text with a semicolon in it between quotation marks.")),
    "number_reused": (_("The portal knows somebody else under this number."),
                      _("Check the number. Give this person a number that was never used.")),
    "same_person_twice": (_("This person is in the file under two numbers."), _("Take one of them out.")),
    "born_in_future": (_("This day is still to come."), _("Put the date of birth right.")),
    "other_year": (_("This file is of another school year."), _("Export the current or the next school year.")),
}  # fmt: skip
# Data that is not taken in, as the reader knows it.
SURPLUS = {
    "bsn": _("citizen service number (BSN)"),
    "pgn": _("citizen service number (BSN)"),
    "sofinummer": _("citizen service number (BSN)"),
    "onderwijsnummer": _("education number"),
    "eckid": _("ECK iD"),
    "geslacht": _("gender"),
    "postcode": _("address"), "straat": _("address"), "huisnummer": _("address"), "adres": _("address"),
    "woonplaats": _("address"), "land": _("country"),
    "geboorteland": _("country of birth"), "geboorteland_ouder1": _("country of birth"),
    "geboorteland_ouder2": _("country of birth"), "geboorteplaats": _("place of birth"),
    "geboorte": _("date or place of birth"),
    "nationaliteit": _("nationality"), "etniciteit": _("origin"),
    "gewicht": _("pupil weight"), "leerlinggewicht": _("pupil weight"),
    "voorletters": _("initials"), "jaargroep": _("year of the pupil"), "gebruikersnaam": _("user name"),
    "fotourl": _("photo"), "telefoon": _("telephone"), "mobiel": _("telephone"),
    "instroomdatum": _("dates of enrolment"), "uitstroomdatum": _("dates of enrolment"),
    "mutatiedatum": _("date of change"), "rol": _("role"), "rolomschrijving": _("role"),
    "relatie": _("relation to the child"),
    "beroep": _("occupation"), "opleiding": _("education of the parent"), "vestiging": _("location"),
    "toevoeging": _("additions of the supplier"), "toevoegingen": _("additions of the supplier"),
}  # fmt: skip
# As they stand in the example file: names of columns are the same in every language.
COLUMN_NAMES = {
    "pupil": "leerlingnummer",
    "guardian": "verzorgernummer",
    "surname": "achternaam",
    "authority": "gezag",
}


def say(refused: FileRefused | ImportRefused) -> str:
    """The sentence for a refusal, in the reader's language."""
    details = dict(refused.details)
    if "columns" in details:
        details["columns"] = ", ".join(COLUMN_NAMES[name] for name in details["columns"].split(","))
    words = FILES if isinstance(refused, FileRefused) else ACTS
    return str(words[refused.code]) % details


def dropped_words(dropped: dict[str, int]) -> list[tuple[str, int]]:
    """What was not taken in, by name and how often; what has no name comes last."""
    counts: dict[str, int] = {}
    for name, times in dropped.items():
        words = str(SURPLUS.get(name, _("other data")))
        counts[words] = counts.get(words, 0) + times
    other = str(_("other data"))
    return sorted(counts.items(), key=lambda pair: (pair[0] == other, pair[0]))
