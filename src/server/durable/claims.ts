/** What the files of one image declare: protoc and buf refuse an image, whole, in which two of them declare the same. */
import type { DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { symbolsOf } from "../file-index.ts";

export class Claims {
  readonly #symbols = new Map<string, DescFile>();
  readonly #packages = new Set<string>();
  readonly #files = new Set<DescFile>();

  constructor(files: Iterable<DescFile> = []) {
    for (const file of files) this.add(file);
  }

  add(file: DescFile): void {
    this.#files.add(file);
    for (const symbol of claimsOf(file)) this.#symbols.set(symbol, file);
    for (const name of packagesOf(file)) this.#packages.add(name);
  }

  /** The files that declare something that the file declares too. */
  rivals(file: DescFile): ReadonlySet<DescFile> {
    const found = symbolsOf(file).map((symbol) => this.#symbols.get(symbol));
    return new Set(found.filter((each) => each !== undefined));
  }

  /** Something that the files declare and another file does too, or one of them twice; undefined: they go together. */
  clash(files: readonly DescFile[]): string | undefined {
    const fresh = files.filter((file) => !this.#files.has(file));
    const packages = new Set(fresh.flatMap(packagesOf));
    const seen = new Set<string>();
    for (const claim of fresh.flatMap(claimsOf)) {
      const isPackage = this.#packages.has(claim) || packages.has(claim);
      if (isPackage || this.#symbols.has(claim) || seen.has(claim)) return claim;
      seen.add(claim);
    }
    return [...packages].find((name) => this.#symbols.has(name));
  }
}

/** Full names of all that the file declares, and the numbers that it takes of the messages that it extends. */
function claimsOf(file: DescFile): string[] {
  const numbers = [...nestedTypes(file)]
    .filter((type) => type.kind === "extension")
    .map(({ extendee, number }) => `${extendee.typeName}[${number}]`);
  return [...symbolsOf(file), ...numbers];
}

/** `a.b.c`, `a.b` and `a`: nothing else may have the name of a package. */
function packagesOf({ proto }: DescFile): string[] {
  const parts = proto.package === "" ? [] : proto.package.split(".");
  return parts.map((_, at) => parts.slice(0, at + 1).join("."));
}
