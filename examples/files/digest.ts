/** What there is to know of one file, from one reading of it. */
import { createHash } from "node:crypto";
import { constants, open, type FileHandle } from "node:fs/promises";
import { mimeTypeOf } from "./mime-type.ts";

/** The result of the task `files.digest`. */
export interface FileDigest {
  /** As it was asked for. */
  readonly path: string;
  /** Bytes that were read. */
  readonly size: number;
  /** In hex, as `sha256sum` prints it. */
  readonly sha256: string;
  /** By the name's extension; application/octet-stream where that says nothing. */
  readonly mimeType: string;
  /** Line breaks, as `wc -l` counts them. */
  readonly lines: number;
  /** How long the reading took, in ms. */
  readonly elapsedMs: number;
}

export interface DigestOptions {
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each piece with the bytes so far and the file's size. */
  readonly onProgress?: (bytes: number, size: number) => void;
}

/** A file that can't be digested now or later, in words. `code` is Node's, such as ENOENT. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const PIECE_BYTES = 1 << 20;
const LINE_BREAK = 0x0a;

// A link is not followed, and a pipe without a writer must not hold the opener.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is no folder",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  ELOOP: "it is a symbolic link",
  ENXIO: "it is a socket or a device",
  ENODEV: "it is a socket or a device",
  ENAMETOOLONG: "its path is too long",
};

/**
 * Reads a regular file once, piece by piece. Throws UnreadableFileError for what no later try would read either, and
 * an Error where the file changed meanwhile.
 */
export async function digestFile(path: string, options: DigestOptions = {}): Promise<FileDigest> {
  const startedAt = performance.now();
  const file = await openFile(path);
  try {
    const before = await file.stat();
    if (!before.isFile()) throw new UnreadableFileError("EINVAL", `${path}: it is no regular file`);
    const { size, sha256, lines } = await readAll(file, before.size, options);
    const after = await file.stat();
    if (after.mtimeMs !== before.mtimeMs || after.size !== size)
      throw new Error(`${path}: it changed while it was read`);
    const elapsedMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
    return { path, size, sha256, mimeType: mimeTypeOf(path), lines, elapsedMs };
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, FLAGS);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const reason = REASONS[code];
    // Too many open files, or a disk that errs: another attempt may do.
    if (reason === undefined) throw error;
    throw new UnreadableFileError(code, `${path}: ${reason}`);
  }
}

async function readAll(file: FileHandle, expected: number, options: DigestOptions) {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, expected + 1));
  let size = 0;
  let lines = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return { size, sha256: hash.digest("hex"), lines };
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    lines += countLineBreaks(piece);
    size += bytesRead;
    options.onProgress?.(size, expected);
  }
}

function countLineBreaks(piece: Buffer): number {
  let count = 0;
  for (let at = piece.indexOf(LINE_BREAK); at !== -1; at = piece.indexOf(LINE_BREAK, at + 1))
    count++;
  return count;
}
