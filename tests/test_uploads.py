"""What may be attached, and what somebody is told whose file may not."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from trygghet.uploads import MAX_BYTES, AttachmentField

PDF = b"%PDF-1.7\n" + b"0" * 100


def word_document():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml"):
            file.writestr(name, "<x/>")
    return content.getvalue()


def clean(name, content, **options):
    return AttachmentField(**options).clean(SimpleUploadedFile(name, content, content_type="text/html"))


def test_a_pdf_is_taken_for_what_it_is_whatever_the_browser_calls_it():
    assert clean("avtal.pdf", PDF).content_type == "application/pdf"


def test_a_word_document_is_recognised_inside_its_zip():
    assert clean("bilaga.docx", word_document()).content_type.endswith("wordprocessingml.document")


@pytest.mark.parametrize("content", [b"<html><script>", b"MZ" + b"\0" * 200, b"PK\x03\x04" + b"\0" * 100])
def test_a_file_of_another_kind_is_refused_by_its_content_and_not_its_name(content):
    with pytest.raises(ValidationError, match="avtal.pdf är inte PDF, PNG eller JPEG"):
        clean("avtal.pdf", content, kinds=("pdf", "png", "jpg"))


def test_a_file_over_ten_megabytes_is_refused_with_its_size():
    with pytest.raises(ValidationError, match="är 10,1 MB. En fil får vara högst 10 MB"):
        clean("stor.pdf", PDF + b"0" * MAX_BYTES)


def test_an_empty_file_is_refused():
    with pytest.raises(ValidationError, match="tom"):
        clean("tom.pdf", b"")
