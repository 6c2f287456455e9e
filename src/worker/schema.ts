/** The descriptors of a worker's typed tasks, as the server wants them. */
import { create, toBinary, type DescFile } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createHash } from "node:crypto";

/** Descriptors, and what tells them from others. */
export interface WorkerSchema {
  /** SHA-256 of `fileDescriptorSet`. */
  readonly digest: Uint8Array;
  /** An encoded google.protobuf.FileDescriptorSet, imports included and first. */
  readonly fileDescriptorSet: Uint8Array;
}

/** The files and all that they import; the same files in another order give the same. Undefined where there are none. */
export function schemaOf(files: Iterable<DescFile>): WorkerSchema | undefined {
  const all = withImports(files);
  if (all.length === 0) return undefined;
  const set = create(FileDescriptorSetSchema, { file: all.map(({ proto }) => proto) });
  const fileDescriptorSet = toBinary(FileDescriptorSetSchema, set);
  return { digest: createHash("sha256").update(fileDescriptorSet).digest(), fileDescriptorSet };
}

/** Imports first, none twice; files of the same name count once, as each generated package brings its own copy. */
export function withImports(files: Iterable<DescFile>): DescFile[] {
  const seen = new Map<string, DescFile>();
  const visit = (file: DescFile): void => {
    if (seen.has(file.proto.name)) return;
    byName(file.dependencies).forEach(visit);
    seen.set(file.proto.name, file);
  };
  byName(files).forEach(visit);
  return [...seen.values()];
}

function byName(files: Iterable<DescFile>): DescFile[] {
  return [...files].sort((a, b) => (a.proto.name < b.proto.name ? -1 : 1));
}
