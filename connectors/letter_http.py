"""`/v1/letter/{number}`: the draft of an apology as a page, a Word document, or its parts as JSON."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Literal
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response

from connectors import letter_forms
from connectors.letter import Letter

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {WORD: {}, "application/json": {}}}}

Letters = Callable[[str], Awaitable[Letter]]


def add(app: FastAPI, letters: Letters) -> None:
    """Adds the operation; `letters` raises ChisoErrors."""

    @app.get("/v1/letter/{number:path}", tags=["dossiers"], response_class=HTMLResponse, responses=ANSWERS)
    async def letter(number: str, format: Literal["html", "docx", "json"] = "html") -> Response:  # noqa: A002 - as the query calls it
        """Draft of the letter of apology with the new date (form 04 of Circular 03/2025/TT-VPCP); of the citizen only the dossier's number."""
        found = await letters(number)
        if format == "json":
            return JSONResponse(asdict(found))
        if format == "html":
            return HTMLResponse(letter_forms.html(found), headers=SAFE)
        name = quote(f"phieu-xin-loi-{found.number}.docx", safe="")
        return Response(
            letter_forms.docx(found), media_type=WORD, headers=SAFE | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        )
