"""The rows by name, in the order of the table in docs/performance.md; each module measures one or a few of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from bench.figures import Figure
from bench.ground import LARGE, SMALL, Ground


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured, the databases that must be filled for it, and where: "module.function"."""

    about: str
    where: str
    needs: tuple[str, ...] = ()

    def measure(self, ground: Ground) -> list[Figure]:
        """In a process of its own: the module may set up Django when it is imported here."""
        module, function = self.where.split(".")
        act: Callable[[Ground], list[Figure]] = getattr(import_module(f"bench.rows.{module}"), function)
        return act(ground)


ROWS = {
    "quick-check": Row("28 pupils, one place, against the bare sheet", "pages.quick_check", (SMALL,)),
    "publish": Row("the documents of a protocol for 20 and 100 schools", "publishing.publish"),
    "plan": Row("a round for 94,000 guardians", "plan.plan"),
    "import": Row("the files of schools, against COPY of the same rows", "imports.imports", (LARGE,)),
    "start": Row("a command, and the demo on kept data", "starting.start"),
}
NOT_BUILT = {
    "class-sheet": "the sheet of a class (U7) is a later issue",
}
