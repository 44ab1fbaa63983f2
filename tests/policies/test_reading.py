"""A file becomes chapters and articles: no word lost, nothing raised but a refusal, in time linear to the file."""

import json
import re
import time

import pytest
from django.core.management import CommandError, call_command
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.choices import BlockKind
from policies.domain.reading import MAX_BYTES, FileRefused, read_file

HEADED = """Afspraken over sociale media

Inleiding

Deze afspraken gelden voor iedereen op school.

Voor leerlingen

1. Wees vriendelijk tegen elkaar.
2. Vraag of iemand op de foto wil:
 - a. in de klas
 - b. op het plein
"""


def read(text: str, name: str = "afspraken.txt"):
    return read_file(name, text.encode())


def refusal(text: str) -> str:
    """The code with which a file of this text is refused, or "" when it is read."""
    try:
        read(text, "x.md")
    except FileRefused as refused:
        return refused.code
    return ""


def outline(text) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (chapter.title, [(str(block.kind), block.number, block.text) for block in chapter.blocks])
        for chapter in text.chapters
    ]


def all_words(text) -> list[str]:
    found = re.findall(r"\w+", text.title)
    for chapter in text.chapters:
        found += re.findall(r"\w+", chapter.title)
        for block in chapter.blocks:
            found += re.findall(r"\w+", f"{block.number} {block.text}")
    return sorted(found)


def test_lines_that_stand_alone_are_title_and_chapters():
    text = read(HEADED)

    assert text.title == "Afspraken over sociale media"
    assert outline(text) == [
        ("Inleiding", [("paragraph", "", "Deze afspraken gelden voor iedereen op school.")]),
        (
            "Voor leerlingen",
            [
                ("item", "1", "Wees vriendelijk tegen elkaar."),
                ("item", "2", "Vraag of iemand op de foto wil:"),
                ("item", "a", "in de klas"),
                ("item", "b", "op het plein"),
            ],
        ),
    ]


def test_a_heading_straight_above_a_heading_is_a_chapter_and_the_next_stand_inside():
    text = read(
        "Protocol\n\nVoorwoord\n\nKort.\n\nUitgangspunten\n\nWaarom\n\nDaarom.\n\nVoor wie\n\nVoor ons.\n"
    )

    assert outline(text) == [
        ("Voorwoord", [("paragraph", "", "Kort.")]),
        (
            "Uitgangspunten",
            [
                ("heading", "", "Waarom"),
                ("paragraph", "", "Daarom."),
                ("heading", "", "Voor wie"),
                ("paragraph", "", "Voor ons."),
            ],
        ),
    ]


def test_lines_broken_by_hand_are_joined_and_articles_are_not():
    text = read(
        "Protocol van de school\n\nWaarom deze afspraken\n\n"
        "Met deze afspraken kan het gesprek op school, in de klas en ook thuis gevoerd worden\n"
        "over wat er goed gaat op sociale media en wat er niet goed gaat. De afspraken gelden\n"
        "voor alle leerlingen van de school en voor hun ouders.\n"
        "1. De school vraagt ieder schooljaar opnieuw of de foto van een leerling in de gids\n"
        "mag staan.\n"
        "2. Een nee telt altijd.\n"
    )

    assert outline(text) == [
        (
            "Waarom deze afspraken",
            [
                (
                    "paragraph",
                    "",
                    "Met deze afspraken kan het gesprek op school, in de klas en ook thuis gevoerd worden over wat er "
                    "goed gaat op sociale media en wat er niet goed gaat. De afspraken gelden voor alle leerlingen "
                    "van de school en voor hun ouders.",
                ),
                (
                    "item",
                    "1",
                    "De school vraagt ieder schooljaar opnieuw of de foto van een leerling in de gids mag staan.",
                ),
                ("item", "2", "Een nee telt altijd."),
            ],
        )
    ]


def test_numbered_headings_are_chapters_and_numbered_articles_are_not():
    text = read(
        "Protocol\n\n1. Doel\n\nVeilig zijn.\n\n2. Regels\n\n2.1 Foto's\n\nVraag het eerst.\n\n"
        "1. Wees aardig\n\n2. Denk na\n\n3. Vraag hulp\n\nDat was het.\n"
    )

    assert [chapter.title for chapter in text.chapters] == ["1. Doel", "2. Regels"]
    assert outline(text)[1][1] == [
        ("heading", "2.1", "Foto's"),
        ("paragraph", "", "Vraag het eerst."),
        ("item", "1", "Wees aardig"),
        ("item", "2", "Denk na"),
        ("item", "3", "Vraag hulp"),
        ("paragraph", "", "Dat was het."),
    ]


def test_letters_before_chapters_stay_in_their_title():
    text = read(
        "Protocol\n\nA. Voor iedereen\n\n1. Wees aardig.\n\nB. Voor ouders\n\n1. Vraag het de school.\n"
    )

    assert [chapter.title for chapter in text.chapters] == ["A. Voor iedereen", "B. Voor ouders"]


@pytest.mark.parametrize(
    "text",
    [
        "Protocol\n\nDit doen we wel:\tDit doen we niet:\nVraag het eerst.\tZet niets zonder te vragen.\n",
        "# Protocol\n\n| Wel | Niet |\n|---|---|\n| Vraag het eerst. | Zet niets zonder te vragen. |\n",
        "# Protocol\n\n## Do's\n\n- Vraag het eerst.\n\n## Don’ts\n\n- Zet niets zonder te vragen.\n",
        "Protocol\n\nRegels\n\nWel\n\n- Vraag het eerst.\n\nDit doen we niet\n\n- Zet niets zonder te vragen.\n",
    ],
    ids=["tabs", "markdown table", "markdown lists", "plain lists"],
)
def test_what_we_do_and_do_not_is_recognised(text):
    found = [block for chapter in read(text).chapters for block in chapter.blocks if block.text[-1] == "."]

    assert [(block.kind, block.text) for block in found] == [
        (BlockKind.DO, "Vraag het eerst."),
        (BlockKind.DONT, "Zet niets zonder te vragen."),
    ]


def test_a_table_of_dos_and_donts_belongs_to_the_heading_above_it_or_is_a_chapter():
    table = "| Dit wel | Dit niet |\n|---|---|\n| Vragen. | Zwijgen. |\n"

    under = read(f"# Protocol\n\n### Regels\n\n{table}\n### Slot\n\nKlaar.\n")
    alone = read(f"# Protocol\n\n### Regels\n\nVraag het.\n\n{table}\n### Slot\n\nKlaar.\n")

    rows = [("do", "", "Vragen."), ("dont", "", "Zwijgen.")]
    assert outline(under)[0] == ("Regels", [("heading", "", "Dit wel / Dit niet"), *rows])
    assert outline(alone)[1] == ("Dit wel / Dit niet", rows)
    assert [chapter.title for chapter in under.chapters] == ["Regels", "Slot"]


def test_a_list_under_one_half_of_the_pair_stays_a_list():
    text = read("Protocol\n\nFilteren\n\nWat doen we wel:\n\n- Wij praten erover.\n\nToegang\n\nVrij.\n")

    assert ("item", "", "Wij praten erover.") in outline(text)[0][1]


def test_markdown_gives_its_own_structure_in_a_txt_file_too():
    source = (
        "## Protocol\n\n### 1. Doel\n\n- Een **goed** klimaat.\n\n### 2. Regels\n\n"
        "#### **a. Voor *iedereen***\n\n3. Vraag het\n   eerst.\n\n#### **3. Gevolgen**\n\nEen gesprek.\n"
    )

    for name in ("regels.md", "regels.txt"):
        text = read(source, name)
        assert text.title == "Protocol"
        assert outline(text) == [
            ("1. Doel", [("item", "", "Een goed klimaat.")]),
            ("2. Regels", [("heading", "a", "Voor iedereen"), ("item", "3", "Vraag het eerst.")]),
            ("3. Gevolgen", [("paragraph", "", "Een gesprek.")]),
        ]


def test_markup_and_script_stay_text_and_emphasis_goes():
    text = read(
        "# <script>alert(1)</script>\n\n<b onclick=x>Vet</b> & [hier](https://example.org) *schuin*\n", "x.md"
    )

    assert text.chapters[0].title == "<script>alert(1)</script>"
    assert text.chapters[0].blocks[0].text == "<b onclick=x>Vet</b> & hier (https://example.org) schuin"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**vet** en *schuin*", "vet en schuin"),
        ("2*3*4 en snake_case_naam", "2*3*4 en snake_case_naam"),
        ("een * los sterretje", "een * los sterretje"),
        (r"een \*letterlijk\* sterretje", "een *letterlijk* sterretje"),
    ],
)
def test_only_emphasis_is_taken_away(written, plain):
    assert read(f"Regels\n\nKop\n\n{written}.\n").chapters[0].blocks[0].text == f"{plain}."


def test_without_headings_all_of_it_is_one_chapter():
    text = read_file("huis_regels.txt", b"Wees aardig tegen elkaar.\n\nVraag het eerst.\n")

    assert text.title == "Huis regels"
    assert outline(text) == [
        (
            "Huis regels",
            [("paragraph", "", "Wees aardig tegen elkaar."), ("paragraph", "", "Vraag het eerst.")],
        )
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_that_schools_have(encoding):
    text = read_file(
        "regels.txt", "Regels\r\n\r\nCoördinator\r\n\r\nVraag ’t café – altijd.\r\n".encode(encoding)
    )

    assert (text.title, text.chapters[0].title) == ("Regels", "Coördinator")
    assert text.chapters[0].blocks[0].text == "Vraag ’t café – altijd."


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t\n\xc2\xa0", "empty"),
        ("a.txt", b"\xef\xbb\xbf", "empty"),
        ("a.md", b"# \n\n---\n", "empty"),
        ("a.txt", b"%PDF-1.7 tekst", "not_text"),
        ("a.txt", b"PK\x03\x04word/document.xml", "not_text"),
        ("a.txt", b"tekst\0tekst", "not_text"),
        ("a.txt", b"\xff\xfea", "not_text"),
        ("a.txt", bytes(range(1, 32)) * 20, "not_text"),
        ("a.docx", b"gewone tekst", "unknown_format"),
        ("a.pdf", b"%PDF-1.7", "unknown_format"),
        ("a.txt", b"x" * (MAX_BYTES + 1), "too_big"),
        ("a.txt", b"Regel.\n\n" * 3001, "too_many"),
    ],
)
def test_what_is_no_protocol_is_refused_in_words(name, data, code):
    with pytest.raises(FileRefused) as refused:
        read_file(name, data)

    assert refused.value.code == code
    assert len(str(refused.value.message)) > 20


def test_five_megabytes_are_refused_at_once():
    data = b"Een regel tekst.\n" * 300_000
    started = time.process_time()

    with pytest.raises(FileRefused):
        read_file("groot.txt", data)

    assert time.process_time() - started < 0.1


HOSTILE = {
    "stars": "*" * 999_000,
    "stars and letters": "*a " * 330_000,
    "open emphasis": "**a" * 330_000,
    "brackets": "[" * 999_000,
    "half links": "[a](" * 240_000,
    "nested lists": "- " * 490_000,
    "nested quotes": "# a\n" + ">" * 990_000,
    "deep lists": "# a\n" + "".join(" " * depth + "- a\n" for depth in range(1300)),
    "spaces": "a" + " " * 990_000 + "b",
    "tabs": "a\t" * 490_000,
    "numbers": "1." * 490_000,
    "ticks": "# a\n" + "`" * 990_000,
    "backslashes": "\\" * 990_000,
    "pipes": "# a\n\n|a|b|\n|-|-|\n" + "|" * 900_000,
    "wide table": "# a\n\n" + "|a" * 50_000 + "|\n" + "|-" * 50_000 + "|\n" + "|x|\n" * 50_000,
    "one line": "woord " * 166_000,
    "short lines": "a\n" * 490_000,
    "wrapped": ("woord " * 15 + "\n") * 10_000,
    "headings": "# a\n" * 240_000,
    "html": "<!--" * 240_000,
    "html lines": "# a\n" + "<div>\n" * 160_000,
    "dates": "mei " * 249_000,
    "underlines": ("a\n=\n" * 240_000),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_time_is_linear_also_for_a_hostile_file(text):
    started = time.process_time()

    refused = refusal(text)

    assert refused in ("", "too_many", "empty")
    assert time.process_time() - started < 6  # a quadratic reader needs minutes


LINES = st.lists(
    st.lists(
        st.sampled_from(["Foto", "school", "wel", "niet", "Ouders:", "vraagt.", "waarom?", "één"]),
        max_size=14,
    ).map(" ".join),
    max_size=25,
)
STARTS = st.sampled_from(["", "1. ", "2) ", "3.2 ", "a. ", "- ", " - a. ", "A. ", "• ", "  ", "\t"])


@given(LINES, st.lists(STARTS, min_size=25, max_size=25))
@example(["Een twee", "", "Een twee"], [""] * 25)
@settings(max_examples=200)
def test_no_word_of_a_plain_text_is_lost(lines, starts):
    text = "\n".join(start + line for start, line in zip(starts, lines, strict=False))

    if not re.search(r"\w", text):
        assert refusal(text) == "empty"
        return
    words = all_words(read(text))
    for word in re.findall(r"[^\W\d]{2,}", text):
        assert word in words
        words.remove(word)


@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)),
    st.sampled_from(["a.txt", "a.md", ""]),
)
@settings(max_examples=400)
def test_nothing_is_raised_but_a_refusal_and_all_of_it_fits(data, name):
    try:
        text = read_file(name, data)
    except FileRefused:
        return

    assert 0 < len(text.title) <= 120
    assert text.chapters
    for chapter in text.chapters:
        assert 0 < len(chapter.title) <= 200
        for block in chapter.blocks:
            assert 0 < len(block.text) <= 5000
            assert len(block.number) <= 10
            assert "\0" not in block.text
    assert any(chapter.blocks for chapter in text.chapters)


@given(st.text(alphabet="#*_-|`>[]()<!=. \n\t1aA:", max_size=300))
@settings(max_examples=400)
def test_any_heap_of_signs_is_read_or_refused(text):
    try:
        found = read(text, "x.md")
    except FileRefused:
        return

    assert json.loads(json.dumps(found.as_json())) == found.as_json()


def test_the_command_prints_the_json_of_the_contract(tmp_path, capsys):
    path = tmp_path / "afspraken.txt"
    path.write_text(HEADED)

    call_command("read_protocol", str(path), "--json")

    said = json.loads(capsys.readouterr().out)
    assert said["title"] == "Afspraken over sociale media"
    assert said["chapters"][1]["blocks"][0] == {
        "kind": "item",
        "number": "1",
        "text": "Wees vriendelijk tegen elkaar.",
    }


def test_the_command_shows_an_outline_with_counts(tmp_path, capsys):
    path = tmp_path / "afspraken.txt"
    path.write_text(HEADED)

    call_command("read_protocol", str(path))

    said = capsys.readouterr().out
    assert "Voor leerlingen  (4" in said
    assert "Wees vriendelijk tegen elkaar." in said


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"x" * 5_000_000], ids=["empty", "pdf", "5 MB"])
def test_the_command_says_why_it_refuses(tmp_path, data):
    path = tmp_path / "afspraken.txt"
    path.write_bytes(data)

    with pytest.raises(CommandError) as refused:
        call_command("read_protocol", str(path))

    assert len(str(refused.value)) > 20


def test_the_command_says_that_there_is_no_such_file(tmp_path):
    with pytest.raises(CommandError, match=r"weg\.txt"):
        call_command("read_protocol", str(tmp_path / "weg.txt"))
