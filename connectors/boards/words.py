"""The message catalogue: every word on the boards, in the languages of the room."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from indicators.formulas import BLOCKS, FORMULAS, GRADES

LANGUAGES = ("vi", "en")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key → language → text."""
    found = tomllib.loads((files("connectors.boards") / "messages.toml").read_text("utf-8"))
    return {key: dict(zip(LANGUAGES, texts, strict=True)) for key, texts in found.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language: `vi` or `en`."""

    language: str

    def __getitem__(self, key: str) -> str:
        return catalogue()[key][self.language]

    def about(self, key: str) -> str:
        """What stands behind a panel's (i)."""
        return self[f"{key}_about"]

    def uid(self, name: str) -> str:
        """A board's uid: `chiso-NAME`, in English `chiso-NAME-en`."""
        return f"chiso-{name}" + ("" if self.language == "vi" else f"-{self.language}")

    @property
    def _place(self) -> int:
        return LANGUAGES.index(self.language)

    def grades(self) -> list[str]:
        """Names of the grades, the weakest (1) first."""
        return [vietnamese if self.language == "vi" else english for _, vietnamese, english in reversed(GRADES)]

    def block(self, name: str) -> str:
        """Name of a block, or of two that the portal has as one."""
        return "; ".join(BLOCKS[one][1:][self._place] for one in name.split("+"))

    def indicators(self) -> dict[str, str]:
        """Indicator → its number and name."""
        return {one.id: f"{one.id} {one.name[self._place]}" for one in FORMULAS}
