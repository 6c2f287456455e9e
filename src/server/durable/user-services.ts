/**
 * The users' services, out of the descriptor sets that their workers sent. Each set is whole by itself, but two of them may name
 * a file alike, or describe one service each in its own way: what the server shows of them together must still be of one piece.
 */
import { createHash } from "node:crypto";
import {
  create,
  createFileRegistry,
  toBinary,
  type DescFile,
  type DescService,
} from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FileOptionsSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import type { KnownSchema } from "../../pipeline/schemas.ts";
import { FileIndex, withImports } from "../file-index.ts";
import { Claims } from "./claims.ts";
import { closureOf, linkedFiles } from "./linked-files.ts";

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
  own: FileIndex,
): UserServices {
  const merge = new Merge(names, own);
  for (const schema of schemas) merge.add(schema);
  return merge.result;
}

class Merge {
  readonly #names: ReadonlySet<string>;
  readonly #own: FileIndex;
  readonly #services = new Map<string, DescService>();
  readonly #fingerprints = new Map<string, string>();
  readonly #conflicts = new Map<string, string[]>();
  readonly #superseded = new Set<string>();
  readonly #shared = new Set<DescFile>();
  readonly #claims: Claims;
  readonly #byFileName = new Map<string, DescFile>();
  readonly #content = new Map<DescFile, string>();

  constructor(names: ReadonlySet<string>, own: FileIndex) {
    this.#names = names;
    this.#own = own;
    // The image has these, and not google.rpc: a copy of that is the user's to bring.
    this.#claims = new Claims(own.files.filter((file) => file.proto.package !== "google.rpc"));
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

  /** The newer ones first: they win. A set that can't be shown beside the server's own files takes nothing from the others. */
  add({ digest, fileDescriptorSet }: KnownSchema): void {
    const protos = linkedFiles(fileDescriptorSet);
    const wanted = servicesOf(protos).filter(({ name }) => this.#names.has(name));
    for (const { name, file } of wanted) this.#compare(name, closureOf([file], protos));
    const fresh = wanted.map(({ name }) => name).filter((name) => !this.#services.has(name));
    if (fresh.length === 0) return void this.#superseded.add(digest);
    const known = new Set(this.#byFileName.keys());
    try {
      const files = this.#files(protos, `${digest.slice(0, 8)}/`);
      const services = files.flatMap((file) => file.services);
      for (const service of services)
        if (fresh.includes(service.typeName)) this.#addService(service);
    } catch (error) {
      for (const name of this.#byFileName.keys())
        if (!known.has(name)) this.#byFileName.delete(name);
      const detail = error instanceof Error ? error.message : String(error);
      for (const name of fresh) this.#conflict(name, `its descriptors can't be shown: ${detail}`);
    }
  }

  #files(protos: readonly FileDescriptorProto[], prefix: string): readonly DescFile[] {
    const closure: Closure = { prefix, bySentName: new Map(), byShownName: new Map() };
    for (const proto of protos) {
      const file = this.#file(proto, closure);
      closure.bySentName.set(proto.name, file);
      closure.byShownName.set(file.proto.name, file);
    }
    return [...closure.bySentName.values()];
  }

  /** The file as it is shown: the server's own, one that is there with the same content, or under a name that is free. */
  #file(proto: FileDescriptorProto, { prefix, bySentName, byShownName }: Closure): DescFile {
    const own = this.#own.file(proto.name);
    if (own !== undefined) return own;
    const dependency = proto.dependency.map((name) => bySentName.get(name)!.proto.name);
    // A spread would lose the defaults, such as no package, that the prototype has.
    const rewritten = Object.assign(create(FileDescriptorProtoSchema), proto, { dependency });
    const content = contentOf(rewritten);
    const twin = this.#byFileName.get(proto.name);
    if (twin !== undefined && this.#content.get(twin) === content) return twin;
    if (twin !== undefined) rewritten.name = prefix + proto.name;
    const known = this.#byFileName.get(rewritten.name);
    if (known !== undefined) return known;
    const registry = createFileRegistry(rewritten, (name) => byShownName.get(name));
    const file = registry.getFile(rewritten.name)!;
    const same = this.#sameElsewhere(file, content);
    if (same !== undefined) return same;
    this.#byFileName.set(file.proto.name, file);
    this.#content.set(file, content);
    return file;
  }

  /** A file of another name that declares the same: two teams have a copy of it, each in its own folder. */
  #sameElsewhere(file: DescFile, content: string): DescFile | undefined {
    for (const other of this.#claims.rivals(file))
      if (this.#content.get(other) === content) return other;
    return undefined;
  }

  #addService(service: DescService): void {
    this.#services.set(service.typeName, service);
    const files = withImports([service.file]).filter((file) => this.#content.has(file));
    const clash = this.#claims.clash(files);
    if (clash !== undefined)
      return this.#conflict(
        service.typeName,
        `${clash} is declared by other files too: /schema.binpb leaves this service out, /schema/${service.typeName}.binpb has it`,
      );
    for (const file of files) {
      this.#shared.add(file);
      this.#claims.add(file);
    }
  }

  #compare(service: string, protos: readonly FileDescriptorProto[]): void {
    // The server's own files stand for the workers' copies, which differ with the age of their tools.
    const theirs = protos.filter(({ name }) => this.#own.file(name) === undefined);
    const fingerprint = hash(theirs.map(contentOf).toSorted().join());
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

/** Files of one set, by the name that its worker gave them and by that under which they are shown. */
interface Closure {
  /** For names that are taken. */
  readonly prefix: string;
  readonly bySentName: Map<string, DescFile>;
  readonly byShownName: Map<string, DescFile>;
}

function servicesOf(protos: readonly FileDescriptorProto[]): { name: string; file: string }[] {
  return protos.flatMap((proto) =>
    proto.service.map(({ name }) => ({
      name: proto.package === "" ? name : `${proto.package}.${name}`,
      file: proto.name,
    })),
  );
}

/**
 * The same for files that differ in their name, in comments, and in options for the code that is generated alone: workers in two languages
 * have one service with a `go_package` here and a `java_package` there.
 */
function contentOf(proto: FileDescriptorProto): string {
  const features = proto.options?.features;
  const options = features && create(FileOptionsSchema, { features });
  const bare = { ...proto, name: "", sourceCodeInfo: undefined, options };
  return hash(toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, bare)));
}

function hash(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
