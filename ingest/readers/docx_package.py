"""A DOCX file as a package of XML parts, opened without trust.

Apart from the reader because only here bytes of a stranger are unpacked and parsed: member names
are looked up and never become paths, sizes are counted while unpacking, nothing outside the file is
opened, and macros are seen and never read.
"""

import io
import posixpath
import zipfile
import zlib
from typing import Any

from lxml import etree

from ingest.errors import PageUnreadable

MAX_PART_BYTES = 10_000_000
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROOT = "_rels/.rels"


class Package:
    """The parts of one DOCX file that a reader asks for.

    Attributes:
        main: the name of the part that holds the text.
        has_macros: whether the file carries a macro project.
    """

    def __init__(self, content: bytes) -> None:
        """Open a file.

        Raises:
            PageUnreadable: it is no zip, is encrypted, or names no document inside itself.
        """
        self._archive = _opened(content)
        names = self._archive.namelist()
        self.has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        found = self.related(_ROOT, "officeDocument")
        if not found:
            raise PageUnreadable(
                "no document is inside; expected a file that a word processor saved as .docx"
            )
        self.main = found[0]

    def related(self, relations: str, kind: str) -> list[str]:
        """Return the names of the parts that a part is related to by relations of one kind.

        Relations that lead out of the file are left out.

        Args:
            relations: the name of the part that lists the relations.
            kind: the last word of the relation's type, such as `styles`.
        """
        root = self.part(relations)
        base = posixpath.dirname(posixpath.dirname(relations))
        names = []
        for relation in root if root is not None else ():
            is_external = relation.get("TargetMode", "").lower() == "external"
            if relation.get("Type", "").rpartition("/")[2] == kind and not is_external:
                target = relation.get("Target", "")
                joined = target if target.startswith("/") else posixpath.join("/", base, target)
                names.append(posixpath.normpath(joined).lstrip("/"))
        return [name for name in names if name in self._archive.NameToInfo]

    def beside_main(self, kind: str) -> etree._Element | None:
        """Return the root of the first part of one kind that the text is related to, if any."""
        folder, name = posixpath.split(self.main)
        found = self.related(
            f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels", kind
        )
        return self.part(found[0]) if found else None

    def core(self) -> etree._Element | None:
        """Return the root of the part with title, language and dates, if there is one."""
        found = self.related(_ROOT, "core-properties")
        return self.part(found[0]) if found else None

    def part(self, name: str) -> etree._Element | None:
        """Return the root of an XML part, or None when the file has no part of this name.

        Raises:
            PageUnreadable: it is too large, damaged, no XML, or declares entities.
        """
        if name not in self._archive.NameToInfo:
            return None
        return _parsed(name, self._unpacked(name))

    def _unpacked(self, name: str) -> bytes:
        # The size in the directory may be a lie, so what comes out is what counts.
        try:
            with self._archive.open(name) as stream:
                content = stream.read(MAX_PART_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise PageUnreadable(
                f"{name} inside is damaged: {error}; save the file again"
            ) from error
        except (RuntimeError, NotImplementedError) as error:
            raise PageUnreadable(
                f"{name} inside cannot be unpacked: {error}; save the file without a password"
            ) from error
        if len(content) > MAX_PART_BYTES:
            raise PageUnreadable(
                f"{name} inside unpacks to more than {MAX_PART_BYTES // 1_000_000} MB; "
                "split the document"
            )
        return content


def _opened(content: bytes) -> zipfile.ZipFile:
    if content.startswith(_OLD_FORMAT):
        raise PageUnreadable(
            "it is protected by a password or in the format before 2007; "
            "save it as .docx without a password"
        )
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError) as error:
        raise PageUnreadable(f"it is damaged or no DOCX: {error}; save the file again") from error


def _parsed(name: str, content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PageUnreadable(
            f"{name} inside is no well-formed XML: {error}; save the file again"
        ) from error
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise PageUnreadable(
            f"{name} inside declares entities, which no word processor writes and which could read "
            "other files; nothing was opened. Save the text as a new document"
        )
    return root
