/** What many digests add up to. */
import type { FileDigest } from "./digest.ts";

/** Files of one media type. */
export interface TypeCount {
  readonly mimeType: string;
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
}

/** The result of the task `files.report`. */
export interface FileReport {
  readonly files: number;
  /** Files that could not be digested. */
  readonly failed: number;
  readonly bytes: number;
  readonly lines: number;
  /** Most files first. */
  readonly byType: readonly TypeCount[];
  /** The file whose reading took longest; unset where none was read. */
  readonly slowest?: Pick<FileDigest, "path" | "size" | "elapsedMs">;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Adds digests up, one at a time, so that no number of files is too large. */
export class ReportBuilder {
  readonly #byType = new Map<string, Mutable<TypeCount>>();
  #failed = 0;
  #slowest: FileDigest | undefined;

  add(digest: FileDigest): void {
    const { mimeType } = digest;
    const count = this.#byType.get(mimeType) ?? { mimeType, files: 0, bytes: 0, lines: 0 };
    count.files++;
    count.bytes += digest.size;
    count.lines += digest.lines;
    this.#byType.set(mimeType, count);
    if (digest.elapsedMs > (this.#slowest?.elapsedMs ?? -1)) this.#slowest = digest;
  }

  addFailure(): void {
    this.#failed++;
  }

  build(): FileReport {
    const byType = [...this.#byType.values()].sort((a, b) => b.files - a.files);
    const sum = (key: "files" | "bytes" | "lines") => byType.reduce((n, of) => n + of[key], 0);
    const totals = { files: sum("files"), bytes: sum("bytes"), lines: sum("lines") };
    if (this.#slowest === undefined) return { ...totals, failed: this.#failed, byType };
    const { path, size, elapsedMs } = this.#slowest;
    return { ...totals, failed: this.#failed, byType, slowest: { path, size, elapsedMs } };
  }
}
