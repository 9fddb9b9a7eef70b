"""Files attached to what the cooperation writes down: kept with their checksum, and served only as downloads."""

import hashlib

from django.db import transaction

from agreements.models import Attachment


@transaction.atomic
def attach(file, by, *, agreement=None, finding=None, is_signed_scan=False):
    """Attach an uploaded file to an agreement or to a finding (exactly one of them); return the Attachment.

    ``file`` is what :class:`trygghet.uploads.AttachmentField` has cleaned, so
    its kind and size are known to be allowed and ``content_type`` says what it
    really is. Raises ValueError when it is attached to both or to neither.
    """
    if (agreement is None) == (finding is None):
        raise ValueError("A file is attached to an agreement or to a finding.")
    attachment = Attachment(
        agreement=agreement,
        finding=finding,
        is_signed_scan=is_signed_scan,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=checksum(file),
        by=by,
    )
    attachment.file.save(file.name, file, save=False)
    attachment.save()
    return attachment


def detach(attachment):
    """Remove the attachment; its file goes when that is certain, so that nothing is lost if the rest fails."""
    file = attachment.file
    attachment.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name))


def checksum(file):
    """Return the SHA-256 of the file in hexadecimal, and leave it to be read from its beginning."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
