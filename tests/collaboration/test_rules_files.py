"""What a file is taken for, by its bytes alone."""

from __future__ import annotations

import pytest

from cxm.collaboration.rules import files
from cxm.collaboration.rules.file_errors import FileRefusedError
from tests.collaboration.files import PDF, SVG, office, packed, picture


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        pytest.param(picture("PNG"), "a.exe", files.PNG, id="png under another name"),
        pytest.param(picture("JPEG"), "a.png", files.JPEG, id="jpeg"),
        pytest.param(picture("WEBP"), "a.webp", files.WEBP, id="webp"),
        pytest.param(picture("GIF"), "a.gif", files.GIF, id="gif"),
        pytest.param(PDF, "a.png", files.PDF, id="pdf"),
        pytest.param("Größe;Zahl\n1;2\n".encode(), "A.CSV", files.CSV, id="csv"),
        pytest.param("Größe".encode(), "a.txt", files.TEXT, id="utf-8"),
        pytest.param("Größe".encode("utf-16"), "a.txt", files.TEXT, id="utf-16"),
        pytest.param("Größe".encode("cp1252"), "a.txt", files.TEXT, id="windows-1252"),
        pytest.param(b"BMW is a car", "a.txt", files.TEXT, id="text that begins like a bitmap"),
        pytest.param(b"<html><script>a</script>", "a.html", files.TEXT, id="html is mere text"),
        pytest.param(office(), "a.zip", files.WORD, id="docx"),
        pytest.param(office("xl/workbook.xml"), "a.xlsx", files.EXCEL, id="xlsx"),
        pytest.param(office("ppt/presentation.xml"), "a.pptx", files.SLIDES, id="pptx"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, name: str, kind: files.FileType) -> None:
    assert files.file_type(content, name) is kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "The file is empty", id="empty"),
        pytest.param(SVG, "SVG pictures can hold scripts", id="svg"),
        pytest.param(b"\xef\xbb\xbf  <!-- a --><SVG >", "SVG pictures", id="svg behind a comment"),
        pytest.param(b"<!DOCTYPE svg><svg onload=a>", "SVG pictures", id="svg behind a doctype"),
        pytest.param(b"\0\0\0\x18ftypheic\0", "HEIC and AVIF pictures", id="heic"),
        pytest.param(b"II*\0\x08", "TIFF pictures", id="tiff"),
        pytest.param(b"BM6\0\0\0\0\0", "Bitmap pictures", id="bitmap"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older Office file", id="doc"),
        pytest.param(b"\x1f\x8b\x08\0", "Unpack it", id="gzip"),
        pytest.param(packed("a.txt"), "Packed files are not taken", id="zip"),
        pytest.param(packed("word/document.xml"), "Packed files", id="zip that plays docx"),
        pytest.param(
            office("word/document.xml", "xl/workbook.xml"), "Packed files", id="two in one"
        ),
        pytest.param(office("word/document.xml", "word/vbaProject.bin"), "macros", id="macros"),
        pytest.param(b"PK\x03\x04 and nothing more", "The file is damaged", id="broken zip"),
        pytest.param(b"MZ\x90\0\x03", "This kind of file is not taken", id="program"),
        pytest.param(b"\xff\xfeA", "This kind of file is not taken", id="half a sign"),
    ],
)
def test_what_is_not_taken_says_what_to_do_instead(content: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError, match=words) as refused:
        files.file_type(content, "picture.png")

    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Study.PDF", "Study.pdf", id="suffix"),
        pytest.param("page.html", "page.pdf", id="another suffix"),
        pytest.param("C:\\Users\\ana\\Study.v2.pdf", "Study.v2.pdf", id="path of Windows"),
        pytest.param("../../etc/passwd", "passwd.pdf", id="path"),
        pytest.param("a\r\nX: b\x00\u202e.pdf", "aX: b.pdf", id="control characters"),
        pytest.param("", "file.pdf", id="no name"),
        pytest.param("...", "file.pdf", id="dots"),
        pytest.param("x" * 300, "x" * 196 + ".pdf", id="long"),
    ],
)
def test_a_name_is_its_last_part_and_ends_as_its_kind(name: str, shown: str) -> None:
    assert files.plain_name(name, files.PDF, longest=200) == shown
