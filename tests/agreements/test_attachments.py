"""Files that are attached: kept as they are, and given back only as downloads to those who may read."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.attachments import attach, detach
from agreements.models import Agreement, Attachment
from tests.cast import Cast

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def agreement(cast):
    return Agreement.objects.create(district=cast.district, title="Överenskommelse", area_set=cast.area_set)


def scan(name="undertecknad.pdf", content=PDF):
    file = SimpleUploadedFile(name, content)
    file.content_type = "application/pdf"
    return file


def test_a_file_is_kept_as_it_came_with_its_name_size_and_checksum(cast, agreement):
    attachment = attach(scan(), cast.editor, agreement=agreement)
    attachment.refresh_from_db()
    assert (attachment.name, attachment.size, attachment.by) == ("undertecknad.pdf", len(PDF), cast.editor)
    assert attachment.sha256 == hashlib.sha256(PDF).hexdigest()
    with attachment.file.open() as kept:
        assert kept.read() == PDF
    assert "undertecknad" not in attachment.file.name


def test_a_file_is_attached_to_one_thing(cast, agreement):
    with pytest.raises(ValueError, match="an agreement or to a finding"):
        attach(scan(), cast.editor)
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_removed_attachment_leaves_no_file(tmp_path):
    cast = Cast()
    agreement = Agreement.objects.create(district=cast.district, title="Överenskommelse", area_set=cast.area_set)
    attachment = attach(scan(), cast.editor, agreement=agreement)
    storage, name = attachment.file.storage, attachment.file.name
    detach(attachment)
    assert not storage.exists(name)
