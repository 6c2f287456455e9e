"""A protoc plugin for gRPC's Python stubs, as buf needs one: grpcio-tools has that generator built into its
protoc only. Reads a CodeGeneratorRequest on stdin, runs that protoc on its descriptors, answers on stdout."""

import pathlib
import sys
import tempfile

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc


def main() -> None:
    request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    sys.stdout.buffer.write(generate(request).SerializeToString())


def generate(request: plugin_pb2.CodeGeneratorRequest) -> plugin_pb2.CodeGeneratorResponse:
    with_services = {file.name for file in request.proto_file if file.service}
    names = [name for name in request.file_to_generate if name in with_services]
    response = plugin_pb2.CodeGeneratorResponse()
    response.supported_features = response.FEATURE_PROTO3_OPTIONAL
    with tempfile.TemporaryDirectory() as folder:
        code = run_protoc(pathlib.Path(folder), FileDescriptorSet(file=request.proto_file), names)
        if code != 0:
            response.error = f"grpc_tools.protoc ended with {code}"
        for path in sorted(pathlib.Path(folder, "out").rglob("*.py")):
            name = path.relative_to(pathlib.Path(folder, "out")).as_posix()
            response.file.add(name=name, content=path.read_text())
    return response


def run_protoc(folder: pathlib.Path, descriptors: FileDescriptorSet, names: list) -> int:
    out = folder / "out"
    out.mkdir()
    if not names:
        return 0
    image = folder / "image.binpb"
    image.write_bytes(descriptors.SerializeToString())
    return protoc.main(["protoc", f"--descriptor_set_in={image}", f"--grpc_python_out={out}", *names])


if __name__ == "__main__":
    main()
