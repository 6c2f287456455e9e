/**
 * The users' services, out of the descriptor sets that their workers sent. Each set is whole by itself, but two of them may name
 * a file alike, or describe one service each in its own way: what the server shows of them together must still be of one piece.
 */
import { createHash } from "node:crypto";
import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescFile,
  type DescService,
} from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { FileIndex, symbolsOf } from "../file-index.ts";
import type { KnownSchema } from "../../pipeline/schemas.ts";

/** What is known of the services that have tasks. */
export interface UserServices {
  /** Full names, also of services without descriptors. */
  readonly names: ReadonlySet<string>;
  /** Those whose descriptors are known. */
  readonly services: ReadonlyMap<string, DescService>;
  /** Files without a symbol in common: an image holds them together. */
  readonly files: readonly DescFile[];
  /** All files, also of services that have a symbol in common with another one's. */
  readonly index: FileIndex;
  /** By service: what its workers, or it and other services, disagree on. */
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
  /** Digests of sets that newer ones have replaced, for every service in them; the newest first. */
  readonly superseded: ReadonlySet<string>;
}

/**
 * The newest description of each service. `own` are the files that the server brings: they stand for those of the same name
 * in a set.
 */
export function userServices(
  names: ReadonlySet<string>,
  schemas: readonly KnownSchema[],
  own: (fileName: string) => DescFile | undefined,
): UserServices {
  const merge = new Merge(names, own);
  for (const schema of schemas) merge.add(schema);
  return merge.result;
}

/** Encoded FileDescriptorSet to its files, each after its imports; throws an Error that says what is missing. */
export function linkedFiles(fileDescriptorSet: Uint8Array): FileDescriptorProto[] {
  const { file } = fromBinary(FileDescriptorSetSchema, fileDescriptorSet);
  const byName = new Map(file.map((each) => [each.name, each]));
  const sorted = new Set<FileDescriptorProto>();
  const visit = (name: string, path: readonly string[]): void => {
    const each = byName.get(name);
    if (each === undefined) throw new Error(`${name}, which ${path.at(-1)} imports, is not in it`);
    if (path.includes(name)) throw new Error(`${[...path, name].join(" imports ")}`);
    if (sorted.has(each)) return;
    for (const dependency of each.dependency) visit(dependency, [...path, name]);
    sorted.add(each);
  };
  for (const { name } of file) visit(name, []);
  return [...sorted];
}

class Merge {
  readonly #names: ReadonlySet<string>;
  readonly #own: (fileName: string) => DescFile | undefined;
  readonly #services = new Map<string, DescService>();
  readonly #fingerprints = new Map<string, string>();
  readonly #conflicts = new Map<string, string[]>();
  readonly #superseded = new Set<string>();
  readonly #shared = new Set<DescFile>();
  readonly #sharedSymbols = new Map<string, DescFile>();
  readonly #byFileName = new Map<string, DescFile>();
  readonly #content = new Map<DescFile, string>();

  constructor(names: ReadonlySet<string>, own: (fileName: string) => DescFile | undefined) {
    this.#names = names;
    this.#own = own;
  }

  get result(): UserServices {
    const index = new FileIndex();
    for (const file of this.#byFileName.values()) index.add(file);
    return {
      names: this.#names,
      services: this.#services,
      files: [...this.#shared],
      index,
      conflicts: this.#conflicts,
      superseded: this.#superseded,
    };
  }

  /** The newer ones first: they win. */
  add({ digest, fileDescriptorSet }: KnownSchema): void {
    const protos = linkedFiles(fileDescriptorSet);
    const wanted = servicesOf(protos).filter((name) => this.#names.has(name));
    for (const name of wanted) this.#compare(name, protos);
    const fresh = new Set(wanted.filter((name) => !this.#services.has(name)));
    if (fresh.size === 0) return void this.#superseded.add(digest);
    const prefix = `${digest.slice(0, 8)}/`;
    const files = new Map<string, DescFile>();
    for (const proto of protos) files.set(proto.name, this.#file(proto, files, prefix));
    for (const file of files.values())
      for (const service of file.services)
        if (fresh.has(service.typeName)) this.#addService(service);
  }

  /** The file as it is shown: the server's own, one that is there with the same content, or under a name that is free. */
  #file(proto: FileDescriptorProto, closure: Map<string, DescFile>, prefix: string): DescFile {
    const own = this.#own(proto.name);
    if (own !== undefined) return own;
    const dependency = proto.dependency.map((name) => closure.get(name)!.proto.name);
    const rewritten = create(FileDescriptorProtoSchema, { ...proto, dependency });
    const content = contentOf(rewritten);
    const twin = this.#byFileName.get(proto.name);
    if (twin !== undefined && (this.#content.get(twin) === content || isWellKnown(proto)))
      return twin;
    if (twin !== undefined) rewritten.name = prefix + proto.name;
    const known = this.#byFileName.get(rewritten.name);
    if (known !== undefined) return known;
    const imports = new Map([...closure.values()].map((file) => [file.proto.name, file]));
    const registry = createFileRegistry(rewritten, (name) => imports.get(name));
    const file = registry.getFile(rewritten.name)!;
    const same = this.#sameElsewhere(file, content);
    if (same !== undefined) return same;
    this.#byFileName.set(file.proto.name, file);
    this.#content.set(file, content);
    return file;
  }

  /** A file of another name that declares the same: two teams have a copy of it, each in its own folder. */
  #sameElsewhere(file: DescFile, content: string): DescFile | undefined {
    for (const symbol of symbolsOf(file)) {
      const other = this.#sharedSymbols.get(symbol);
      if (other !== undefined && this.#content.get(other) === content) return other;
    }
    return undefined;
  }

  #addService(service: DescService): void {
    this.#services.set(service.typeName, service);
    const files = [...closureOf(service.file)].filter((file) => this.#content.has(file));
    const clash = this.#clash(files);
    if (clash !== undefined)
      return this.#conflict(
        service.typeName,
        `${clash} is declared by another service's files too, with other content: /schema.binpb leaves this service out, /schema/${service.typeName}.binpb has it`,
      );
    for (const file of files) {
      this.#shared.add(file);
      for (const symbol of symbolsOf(file)) this.#sharedSymbols.set(symbol, file);
    }
  }

  /** A symbol of the files that another shared file declares. */
  #clash(files: readonly DescFile[]): string | undefined {
    for (const file of files)
      for (const symbol of symbolsOf(file)) {
        const other = this.#sharedSymbols.get(symbol);
        if (other !== undefined && other !== file) return symbol;
      }
    return undefined;
  }

  #compare(service: string, protos: readonly FileDescriptorProto[]): void {
    const fingerprint = hash(protos.map(contentOf).join());
    const newest = this.#fingerprints.get(service);
    if (newest === undefined) this.#fingerprints.set(service, fingerprint);
    else if (newest !== fingerprint && !this.#conflicts.has(service))
      this.#conflict(
        service,
        `workers describe ${service} in several ways; the newest one serves reflection and JSON`,
      );
  }

  #conflict(service: string, what: string): void {
    this.#conflicts.set(service, [...(this.#conflicts.get(service) ?? []), what]);
  }
}

function servicesOf(protos: readonly FileDescriptorProto[]): string[] {
  return protos.flatMap((proto) =>
    proto.service.map(({ name }) => (proto.package === "" ? name : `${proto.package}.${name}`)),
  );
}

function closureOf(file: DescFile, seen = new Set<DescFile>()): Set<DescFile> {
  if (seen.has(file)) return seen;
  for (const dependency of file.dependencies) closureOf(dependency, seen);
  return seen.add(file);
}

/** The same for files that differ in their name and comments alone. */
function contentOf(proto: FileDescriptorProto): string {
  const bare = { ...proto, name: "", sourceCodeInfo: undefined };
  return hash(toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, bare)));
}

function isWellKnown({ name }: FileDescriptorProto): boolean {
  return name.startsWith("google/protobuf/");
}

function hash(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
