/** What the two programs of this example agree on: names of tasks, their inputs, and the label of a run. */

/** Digests one file; its result is a FileDigest. */
export const DIGEST = "files.digest";

/** Adds up the digests of a run; its result is a FileReport. */
export const REPORT = "files.report";

/** Label of every task of one run. */
export const RUN_LABEL = "files-run";

export interface DigestInput {
  /** Of a regular file; relative to the worker's folder unless it starts with a slash. */
  readonly path: string;
}

export interface ReportInput {
  /** The value of {@link RUN_LABEL} that the digests have in common. */
  readonly run: string;
}
