/** The files of one descriptor set, as workers send them. */
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { nameFields } from "./json-names.ts";

/** Encoded FileDescriptorSet to its files, each after its imports; throws an Error that says what is missing. */
export function linkedFiles(fileDescriptorSet: Uint8Array): FileDescriptorProto[] {
  const { file } = fromBinary(FileDescriptorSetSchema, fileDescriptorSet);
  file.forEach(nameFields);
  const byName = new Map(file.map((each) => [each.name, each]));
  const sorted = new Set<FileDescriptorProto>();
  // A set, since a chain of imports may be as long as a message allows.
  const path = new Set<string>();
  const visit = (name: string, importer: string): void => {
    const each = byName.get(name);
    if (each === undefined) throw new Error(`${name}, which ${importer} imports, is not in it`);
    if (path.has(name)) throw new Error([...path, name].join(" imports "));
    if (sorted.has(each)) return;
    path.add(name);
    for (const dependency of each.dependency) visit(dependency, name);
    path.delete(name);
    sorted.add(each);
  };
  for (const { name } of file) visit(name, name);
  return [...sorted];
}

/** Those that the files import, in their order, and the files themselves. */
export function closureOf(
  names: readonly string[],
  files: readonly FileDescriptorProto[],
): FileDescriptorProto[] {
  const wanted = new Set(names);
  for (const { name, dependency } of files.toReversed())
    if (wanted.has(name)) for (const each of dependency) wanted.add(each);
  return files.filter(({ name }) => wanted.has(name));
}
