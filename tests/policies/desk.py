"""How an administrator works at `/beheer/protocol/`: the steps that several tests take."""

import re
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from policies.models import Block, Chapter
from tests.cast import today

ROOM = "/beheer/protocol/"
NEW = f"{ROOM}nieuw/"
TEXT = "# Afspraken\n\n## Waarom\n\nWij praten {school}.\n\n## Wat wij doen\n\n1. Eerst vragen.\n2. Dan plaatsen.\n"


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def send(client, **more):
    """Bring a text in by file, or (text=…) pasted."""
    form = {"title": "Afspraken", "number": "1.0", "origin": "portal", "key": uuid.uuid4()} | more
    return client.post(NEW, {name: value for name, value in form.items() if value is not None})


def file(data, name="protocol.md"):
    return SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())


def brought_in(client, text=TEXT, **more):
    answer = send(client, file=file(text), **more)
    assert answer.status_code == 303, answer.content.decode()
    return answer.url


def rows(cast, model, **filters):
    with cast.acting():
        return list(model.objects.filter(**filters).order_by("id"))


def chapters(cast):
    with cast.acting():
        return list(Chapter.objects.order_by("position"))


def lines(cast, chapter):
    with cast.acting():
        return [block.text for block in Block.objects.filter(chapter=chapter).order_by("position")]


def boxes(page):
    """What a browser would send of the chapter on this page: every box as it stands."""
    html = page.content.decode()
    form = re.search(r'<form class="stack" method="post" action="[^"]*hoofdstuk.*?</form>', html, re.S)[0]
    found = dict(re.findall(r'<input type="(?:hidden|text)" name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S))
    chosen = re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.S)
    return found | {name: re.search(r'value="(\w+)" selected', options)[1] for name, options in chosen}


def decide(client, here, **more):
    page = client.get(f"{here}besluit/")
    form = {"council": "GMR", "outcome": "consent", "decided_on": today().isoformat(), "minutes": "Punt 4."}
    return client.post(
        f"{here}besluit/", {"key": field(page, "key"), "seen": field(page, "seen")} | form | more
    )


def put_in_force(client, here, day=None):
    day = (day or today()).isoformat()
    page = client.post(f"{here}publiceren/", {"key": uuid.uuid4(), "in_force_on": day})
    assert page.status_code == 200, page.content.decode()
    form = {name: field(page, name) for name in ("key", "in_force_on", "seen", "sure")}
    return client.post(f"{here}publiceren/", form)


def press(client, address, form, do):
    answer = client.post(address, form | {"do": do})
    assert answer.status_code == 200, answer.content.decode()
    return boxes(answer)
