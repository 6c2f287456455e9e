/** Schema images: what `buf generate http://host:8080/schema.binpb` reads. */
import { create, toBinary, type DescFile } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  FileOptions_OptimizeMode,
  FileOptionsSchema,
  type FileDescriptorProto,
  type FileDescriptorSet,
} from "@bufbuild/protobuf/wkt";
import { WireType } from "@bufbuild/protobuf/wire";

import { withImports } from "./file-index.ts";

/** Where buf keeps its own facts of a file in an image. */
const BUF_EXTENSION_FIELD = 8042;

/** `{is_import: true}` of that message, with its length in front. */
const IS_IMPORT = Uint8Array.of(2, 0x08, 1);

/** A serialised google.protobuf.FileDescriptorSet of the files with all that they import. */
export function schemaImage(files: Iterable<DescFile>): Uint8Array {
  const file = withImports(files).map((desc) => imageFile(desc.proto));
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
}

// buf generates code for every file of an image that isn't marked as an import; every language has
// the well-known types already.
function imageFile(proto: FileDescriptorProto): FileDescriptorSet["file"][number] {
  if (!proto.name.startsWith("google/protobuf/")) return proto;
  const mark = { no: BUF_EXTENSION_FIELD, wireType: WireType.LengthDelimited, data: IS_IMPORT };
  const options = proto.options ?? optionsOf(proto.name);
  return { ...proto, options, $unknown: [...(proto.$unknown ?? []), mark] };
}

/** protobuf-es carries descriptor.proto without its options, and Go can't import a file without its package. */
function optionsOf(name: string): FileDescriptorProto["options"] {
  if (name !== "google/protobuf/descriptor.proto") return undefined;
  return create(FileOptionsSchema, {
    goPackage: "google.golang.org/protobuf/types/descriptorpb",
    javaPackage: "com.google.protobuf",
    javaOuterClassname: "DescriptorProtos",
    csharpNamespace: "Google.Protobuf.Reflection",
    objcClassPrefix: "GPB",
    ccEnableArenas: true,
    optimizeFor: FileOptions_OptimizeMode.SPEED,
  });
}
