"""The API's page at /docs, made of /openapi.json. FastAPI's own loads scripts from a network at run time, and nothing here may."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from connectors.http_page import SAFE

_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="/page/page.css">
<link rel="stylesheet" href="/page/parts.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p>{about}</p>
<p><a href="/openapi.json">/openapi.json</a></p>
"""
_PARAMETERS = "<table>\n<thead><tr><th>Parameter</th><th>In</th><th>Type</th><th>Default</th><th>Meaning</th></tr></thead>\n<tbody>\n"


def register(app: FastAPI) -> None:
    """Adds the route."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()), headers=SAFE)


def page(schema: Mapping[str, Any]) -> str:
    """All of an OpenAPI document's operations as HTML."""
    info = schema["info"]
    head = _HEAD.format(title=escape(f"{info['title']} {info['version']}"), about=escape(info.get("description", "")))
    operations = [
        text for path, methods in schema["paths"].items() for method, one in methods.items() for text in _operation(path, method, one)
    ]
    return head + "".join(operations) + "</main>\n</body>\n</html>\n"


def _operation(path: str, method: str, one: Mapping[str, Any]) -> Iterator[str]:
    yield f"<section>\n<h2><code>{escape(method.upper())} {escape(path)}</code></h2>\n<p><strong>{escape(one.get('summary', ''))}</strong></p>\n"
    for text in one.get("description", "").split("\n\n"):
        yield f"<p>{escape(text)}</p>\n"
    for kind in one.get("requestBody", {}).get("content", {}):
        yield f"<p>Body: <code>{escape(kind)}</code></p>\n"
    if one.get("parameters"):
        yield _PARAMETERS
        yield from (_parameter(parameter) for parameter in one["parameters"])
        yield "</tbody>\n</table>\n"
    yield "</section>\n"


def _parameter(one: Mapping[str, Any]) -> str:
    schema = one.get("schema", {})
    default = "required" if one.get("required") else schema.get("default", "")
    about = one.get("description") or schema.get("description", "")
    cells = (one["in"], _type(schema), str(default), about)
    return f"<tr><td><code>{escape(one['name'])}</code></td>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"


def _type(schema: Mapping[str, Any]) -> str:
    """`integer 0..250`, `string`, `array of string`; null is left out, for every parameter of such a type may be."""
    several = [_type(one) for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if several:
        return " or ".join(several)
    name = str(schema.get("type", "any"))
    if "items" in schema:
        name += f" of {_type(schema['items'])}"
    if "minimum" in schema or "maximum" in schema:
        name += f" {schema.get('minimum', '')}..{schema.get('maximum', '')}"
    return name
