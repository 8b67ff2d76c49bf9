"""docs/settings.md, made from the settings themselves; `python -m streams.settings_page` writes it."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from streams.settings import Settings

PATH = Path(__file__).resolve().parents[1] / "docs" / "settings.md"
HEAD = """# Settings

From the environment (`CHISO_HOME`), then `chiso.toml` in the working folder (`home = "…"`), then the defaults. A `CHISO_` name that nobody knows is an error with a suggestion.
Beside these: `CHISO_NOW` sets a test clock, `CHISO_CACHE` says where the broker's jars are kept, `CHISO_REQUIRE` makes tests fail where they would skip.

| variable | default | what |
| --- | --- | --- |
"""


def text() -> str:
    """The page."""
    return HEAD + "\n".join(_lines(Settings, "CHISO_")) + "\n"


def _lines(model: type[BaseModel], start: str) -> Iterator[str]:
    """A line a setting; nested ones are written with two underscores."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from _lines(type(field.default), f"{start}{name.upper()}__")
        else:
            yield f"| `{start}{name.upper()}` | {_default(field.default)} | {field.description} |"


def _default(value: object) -> str:
    return "–" if value is None else f"`{value}`"


if __name__ == "__main__":
    PATH.write_text(text())
