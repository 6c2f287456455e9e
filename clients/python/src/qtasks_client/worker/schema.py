"""The descriptors of a worker's typed tasks, from the default descriptor pool."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, Iterable, List

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from qtasksapi.v1 import system_service_pb2, worker_service_pb2


class Schema:
    """An encoded FileDescriptorSet with all imports, imports first, the same for the same files."""

    def __init__(self, files: Iterable[FileDescriptor]) -> None:
        closure: Dict[str, FileDescriptor] = {}
        for file in sorted(files, key=lambda file: str(file.name)):
            _collect(file, closure)
        self.data = _encode(list(closure.values())) if closure else b""
        #: SHA-256 of `data`; empty without typed tasks.
        self.digest = hashlib.sha256(self.data).digest() if closure else b""

    def apply_request(
        self, definitions: Iterable[worker_service_pb2.TaskDefinition]
    ) -> system_service_pb2.ApplyTaskDefinitionsRequest:
        """Hands the definitions with their descriptors to the server."""
        return system_service_pb2.ApplyTaskDefinitionsRequest(
            definitions=definitions, file_descriptor_set=self.data
        )


def _collect(file: Any, closure: Dict[str, FileDescriptor]) -> None:
    if file.name in closure:
        return
    for dependency in file.dependencies:
        _collect(dependency, closure)
    closure[file.name] = file


def _encode(files: List[FileDescriptor]) -> bytes:
    image = FileDescriptorSet()
    for file in files:
        file.CopyToProto(image.file.add())
    return image.SerializeToString(deterministic=True)
