/** Finds the files of a folder. */
import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** A regular file, with what tells whether it has changed. */
export interface FoundFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
}

/** What is no file to digest, and why. */
export interface SkippedEntry {
  readonly path: string;
  readonly reason: string;
}

/** Both in the order of their paths. */
export interface Walk {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly SkippedEntry[];
}

/** Every file below the folder. Links are not followed; a folder that can't be read is skipped with its reason. */
export async function walk(folder: string): Promise<Walk> {
  const files: FoundFile[] = [];
  const skipped: SkippedEntry[] = [];
  // The folder itself must be there; what lies deeper may come and go.
  const pending = [{ path: "", entries: await list(folder) }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const entry of next.entries) {
      const path = join(next.path, entry.name.toString());
      try {
        checkName(entry);
        if (entry.isDirectory()) pending.push({ path, entries: await list(join(folder, path)) });
        else files.push(await fileOf(folder, path, entry));
      } catch (error) {
        skipped.push({ path, reason: reasonOf(error) });
      }
    }
  }
  return { files: files.sort(byPath), skipped: skipped.sort(byPath) };
}

/** Names a state of the files: the same while none of them is added, removed or written. */
export function fingerprint(folder: string, { files }: Walk): string {
  const hash = createHash("sha256").update(folder);
  for (const { path, size, modifiedAt } of files) hash.update(`\0${path}\0${size}\0${modifiedAt}`);
  return hash.digest("hex").slice(0, 16);
}

class SkipError extends Error {}

// Names as bytes: one that is not UTF-8 would come as another name that leads nowhere.
function list(folder: string): Promise<Dirent<Buffer>[]> {
  return readdir(folder, { withFileTypes: true, encoding: "buffer" });
}

function checkName({ name }: Dirent<Buffer>): void {
  if (!Buffer.from(name.toString()).equals(name)) throw new SkipError("its name is not UTF-8");
}

async function fileOf(folder: string, path: string, entry: Dirent<Buffer>): Promise<FoundFile> {
  if (!entry.isFile()) throw new SkipError(kindOf(entry));
  const { size, mtimeMs: modifiedAt } = await lstat(join(folder, path));
  return { path, size, modifiedAt };
}

function kindOf(entry: Dirent<Buffer>): string {
  if (entry.isSymbolicLink()) return "a symbolic link";
  if (entry.isSocket()) return "a socket";
  if (entry.isFIFO()) return "a pipe";
  return "a device";
}

function reasonOf(error: unknown): string {
  if (error instanceof SkipError) return error.message;
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
