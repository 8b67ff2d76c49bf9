"""The letter as a page of HTML and as a Word document. Every value is escaped; no file, font or address of others is named."""

import io
from html import escape
from importlib.resources import files
from string import Template

from docx import Document
from docx.document import Document as Page
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from connectors.letter import BASIS, DATED, DRAFT, NUMBER, SIGNED, STATE, TITLE, Letter

FONT = "Times New Roman"  # Liberation Serif takes its place where it is missing: the same widths
TO = "Kính gửi: Tổ chức, cá nhân nộp hồ sơ mã số "


def html(letter: Letter) -> str:
    """A whole page, A4 when printed; notes to whoever completes it are on the screen alone."""
    template = Template((files("connectors") / "letter.html").read_text("utf-8"))
    values = {
        "number": letter.number,
        "above": letter.above.upper(),
        "unit": letter.unit.upper(),
        "as_of": letter.as_of,
        "title": TITLE,
        "draft": DRAFT,
        "blank_number": NUMBER,
        "dated": DATED,
        "country": STATE[0],
        "motto": STATE[1],
        "signer": SIGNED[0],
        "how": SIGNED[1],
        "basis": BASIS,
    }
    parts = {
        "rows": "\n".join(f"<tr><th>{escape(what)}</th><td>{escape(value)}</td></tr>" for what, value in letter.rows),
        "sentences": "\n".join(f'<p class="said">{escape(sentence)}</p>' for sentence in letter.sentences),
        "notes": _notes(letter),
    }
    return template.substitute({name: escape(value) for name, value in values.items()} | parts)


def _notes(letter: Letter) -> str:
    if not letter.notes:
        return ""
    lines = "".join(f"<li>{escape(note)}</li>" for note in letter.notes)
    return f'<aside class="notes">Ghi chú cho người soạn, không in:<ul>{lines}</ul></aside>'


def docx(letter: Letter) -> bytes:
    """The same as a Word document, without the notes."""
    page = _page()
    heads = _columns(page, Cm(6.2), Cm(9.8))
    _lines(heads[0], (letter.above.upper(), False), (letter.unit.upper(), True), ("", False), (NUMBER, False))
    _lines(heads[1], (STATE[0], True), (STATE[1], True), ("", False), (DATED, False))
    for text in ("", TITLE, DRAFT):
        _centre(page.add_paragraph(), text, bold=True)
    to = page.add_paragraph(TO)
    to.add_run(letter.number).bold = True
    table = page.add_table(rows=0, cols=2, style="Table Grid")
    for what, value in letter.rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = what, value
    page.add_paragraph()
    for sentence in letter.sentences:
        page.add_paragraph(sentence).paragraph_format.first_line_indent = Cm(1)
    _, signed = _columns(page, Cm(8), Cm(8))
    _lines(signed, (SIGNED[0], True), (SIGNED[1], False), *[("", False)] * 4)
    end = page.add_paragraph().add_run(f"{BASIS} {letter.as_of}".strip())
    end.italic, end.font.size = True, Pt(10)
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def _page() -> Page:
    page = Document()
    normal = page.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after = Pt(4)
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = Cm(3), Cm(2), Cm(2), Cm(2)
    core = page.core_properties  # python-docx's own template names its maker
    core.author, core.comments, core.title = "", "", TITLE
    return page


def _columns(page: Page, *widths: Length) -> tuple[_Cell, ...]:
    """Cells beside each other without borders."""
    table = page.add_table(rows=1, cols=len(widths))
    table.autofit = False
    cells: tuple[_Cell, ...] = table.rows[0].cells
    for cell, width in zip(cells, widths, strict=True):
        cell.width = width
    return cells


def _lines(cell: _Cell, *lines: tuple[str, bool]) -> None:
    """Centred lines in the smaller type of headings, the first in the paragraph every cell has."""
    for place, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        _centre(paragraph, text, bold=bold)
        paragraph.runs[0].font.size = Pt(12.5)


def _centre(paragraph: Paragraph, text: str, *, bold: bool) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(text).bold = bold
