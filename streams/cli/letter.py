"""`chiso letter`: the draft of an apology for one dossier."""

import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from streams.cli.asking import Home, Json, fetch, print_json

FORMS = {".html": "html", ".docx": "docx"}


def letter(
    number: Annotated[str, typer.Argument(help="the dossier's number, as on its receipt")],
    out: Annotated[Path | None, typer.Option(metavar="FILE.html|FILE.docx", help="where to write it; none: HTML on stdout")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Draft "Phiếu xin lỗi và hẹn lại ngày trả kết quả" (form 04 of Circular 03/2025/TT-VPCP). Number, date and signature stay empty.

    What whoever signs should know (no reason, no new date, set anew twice, …) is said on stderr.
    """
    from indicators.errors import UsageError

    form = "html" if out is None else FORMS.get(out.suffix.lower())
    if form is None:
        raise UsageError(f"--out {out} ends with neither .html nor .docx")
    path = f"/v1/letter/{quote(number, safe='')}"
    parts = fetch(home, path, format="json").json()
    if as_json:
        print_json(parts)
        return
    answer = fetch(home, path, format=form)
    if out is None:
        sys.stdout.write(answer.text)
    else:
        _write(out, answer.content)
    sys.stderr.writelines(f"{note}\n" for note in parts["notes"])


def _write(out: Path, content: bytes) -> None:
    from indicators.errors import ChisoError

    try:
        out.write_bytes(content)
    except OSError as error:
        raise ChisoError(f"{out} cannot be written ({error.strerror})") from None


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(letter)
