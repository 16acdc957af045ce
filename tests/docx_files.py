"""DOCX files written by hand, so that a test shows the very markup that it is about."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


def paragraph(text: str, *, style: str = "", inside: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{inside}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def item(text: str, level: int = 0, list_id: int = 1) -> str:
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return paragraph(text, inside=numbering)


def style(name: str, title: str, inside: str = "", based_on: str = "") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title}"/>{base}'
        f"<w:pPr>{inside}</w:pPr></w:style>"
    )


def level(n: int, text: str, kind: str = "decimal", inside: str = "", start: int = 1) -> str:
    """Return how level `n` of a list counts; `%1` in `text` is the number of the first level."""
    return (
        f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{inside}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def kind_of_list(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def list_of(number: int, kind: int, inside: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{kind}"/>{inside}</w:num>'


def relations(targets: dict[str, str], outside: dict[str, str] | None = None) -> str:
    """Return a list of relations by kind; those in `outside` lead out of the file."""
    rows = [(kind, target, "") for kind, target in targets.items()]
    rows += [(kind, target, ' TargetMode="External"') for kind, target in (outside or {}).items()]
    found = "".join(
        f'<Relationship Id="r{n}" Type="{kind if ":" in kind else f"{_OFFICE}/{kind}"}"'
        f' Target="{target}"{mode}/>'
        for n, (kind, target, mode) in enumerate(rows)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{found}</Relationships>'


def document(body: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


def docx(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    footnotes: str = "",
    core: str = "",
    members: dict[str, str | bytes] | None = None,
) -> bytes:
    """Return a file with this body; `members` adds parts, or replaces them."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations({"officeDocument": "word/document.xml", _CORE: "core.xml"}),
        "word/_rels/document.xml.rels": relations(
            {
                "styles": "styles.xml",
                "numbering": "numbering.xml",
                "footnotes": "footnotes.xml",
            }
        ),
        "word/document.xml": f"{head}{document(body)}",
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{W}">{footnotes}</w:footnotes>',
        "core.xml": f"<core>{core}</core>",
        **(members or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
