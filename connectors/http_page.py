"""The live page's files. They are ours, and the page may ask nobody else: no script, style or picture from elsewhere, none inside the page."""

from importlib.resources import files

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
SAFE = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def register(app: FastAPI) -> None:
    """Adds the routes."""
    folder = files("connectors") / "page"
    # read once: a file that is not in this list was never there, whatever the path says
    kept = {one.name: one.read_bytes() for one in folder.iterdir() if one.name.rpartition(".")[2] in KINDS}
    index = (folder / "index.html").read_text("utf-8")

    @app.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(index, headers=SAFE)

    @app.get("/page/{name}", include_in_schema=False)
    async def part(name: str) -> Response:
        if name not in kept:
            return Response(f"nothing is at /page/{name}", 404, media_type="text/plain")
        return Response(kept[name], media_type=KINDS[name.rpartition(".")[2]], headers=SAFE)
