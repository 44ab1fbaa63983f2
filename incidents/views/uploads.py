"""Pictures of a stranger stay in memory, and only as much of them as may be kept."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from incidents.pictures import MAX_BYTES, MOST


class FewPictures(FileUploadHandler):
    """Never a file on disk. What is too big, or too many, arrives empty but with its true size, so that the form
    can say so and the words beside it are kept."""

    chunk_size = 64 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.count += 1
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.count <= MOST and start + len(raw_data) <= MAX_BYTES:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )
