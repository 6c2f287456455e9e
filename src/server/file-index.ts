/** Descriptor files by name, symbol and extension, as reflection asks for them. */
import { toBinary, type DescExtension, type DescFile, type DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

export class FileIndex {
  readonly #files = new Map<string, DescFile>();
  readonly #symbols = new Map<string, DescFile>();
  readonly #extensions = new Map<string, Map<number, DescFile>>();
  readonly #encoded = new Map<DescFile, Uint8Array>();

  /** Adds a file and its imports; of two with one name, or with one symbol, the first stays. */
  add(file: DescFile): void {
    for (const each of withImports([file])) {
      if (this.#files.has(each.proto.name)) continue;
      this.#files.set(each.proto.name, each);
      this.#index(each);
    }
  }

  /** All files, imports first. */
  get files(): readonly DescFile[] {
    return [...this.#files.values()];
  }

  file(name: string): DescFile | undefined {
    return this.#files.get(name);
  }

  /** The file that declares a message, enum, service, method, field, value or extension. */
  fileOfSymbol(name: string): DescFile | undefined {
    return this.#symbols.get(name);
  }

  /** Numbers of the extensions of a message, each with its file. */
  extensionsOf(messageName: string): ReadonlyMap<number, DescFile> {
    return this.#extensions.get(messageName) ?? new Map();
  }

  /** The serialised FileDescriptorProto. */
  encoded(file: DescFile): Uint8Array {
    const known = this.#encoded.get(file);
    if (known !== undefined) return known;
    const bytes = toBinary(FileDescriptorProtoSchema, file.proto);
    this.#encoded.set(file, bytes);
    return bytes;
  }

  #index(file: DescFile): void {
    for (const name of symbolsOf(file)) if (!this.#symbols.has(name)) this.#symbols.set(name, file);
    for (const type of nestedTypes(file))
      if (type.kind === "extension") this.#indexExtension(type, file);
  }

  #indexExtension(extension: DescExtension, file: DescFile): void {
    const extendee = extension.extendee.typeName;
    const known = this.#extensions.get(extendee) ?? new Map<number, DescFile>();
    this.#extensions.set(extendee, known.set(extension.number, file));
  }
}

/** The files and all that they import, imports first, none twice. */
export function withImports(files: Iterable<DescFile>): DescFile[] {
  const seen = new Set<DescFile>();
  const visit = (file: DescFile): void => {
    if (seen.has(file)) return;
    file.dependencies.forEach(visit);
    seen.add(file);
  };
  for (const file of files) visit(file);
  return [...seen];
}

/** Full names of all that a file declares. */
export function symbolsOf(file: DescFile): string[] {
  return [...nestedTypes(file)].flatMap((type) => [type.typeName, ...memberNames(type)]);
}

/** Full names of methods, fields and enum values; values are named beside their enum. */
function memberNames(type: ReturnType<typeof nestedTypes> extends Iterable<infer T> ? T : never) {
  switch (type.kind) {
    case "service":
      return type.methods.map((method) => `${type.typeName}.${method.name}`);
    case "message":
      return messageMembers(type);
    case "enum": {
      const scope = type.typeName.slice(0, type.typeName.lastIndexOf(".") + 1);
      return type.values.map((value) => `${scope}${value.name}`);
    }
    case "extension":
      return [];
  }
}

function messageMembers(message: DescMessage): string[] {
  return [...message.fields, ...message.oneofs].map(({ name }) => `${message.typeName}.${name}`);
}
