/**
 * The tasks of this example, for `qtasks serve --app examples/files/handlers.ts` or, on another machine with the same
 * files, `qtasks worker --app …`.
 */
import {
  fromPayload,
  QueueTasks,
  TaskState,
  TaskView,
  TerminalError,
  type HandlerContext,
} from "../../src/index.ts";
import { DIGEST, REPORT, RUN_LABEL, type DigestInput, type ReportInput } from "./contract.ts";
import { digestFile, UnreadableFileError, type FileDigest } from "./digest.ts";
import { ReportBuilder, type FileReport } from "./report.ts";

export const app = new QueueTasks();

/** One file: SHA-256, size, media type and lines. What can't be read fails at once, without retries. */
export const digest = app.task(
  {
    name: DIGEST,
    description: "Digests one file: {path}",
    example: { path: "package.json" },
    retry: { maxAttempts: 5 },
  },
  async (input: DigestInput, { signal, progress }: HandlerContext): Promise<FileDigest> => {
    const path = textOf(input, "path");
    try {
      return await digestFile(path, {
        signal,
        onProgress: (bytes, size) => progress(bytes, size, "reading"),
      });
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      throw new TerminalError(error.message, { type: `files.${error.code}`, cause: error });
    }
  },
);

/** What the ended digests of one run add up to, read page by page from the server. */
export const report = app.task(
  { name: REPORT, description: "Adds up the digests of a run: {run}" },
  async (input: ReportInput, { signal, progress }: HandlerContext): Promise<FileReport> => {
    const run = textOf(input, "run");
    const client = await app.client();
    const filter = { names: [DIGEST], labels: { [RUN_LABEL]: run } };
    const options = { view: TaskView.RESULT, pageSize: 1000, signal };
    const builder = new ReportBuilder();
    let count = 0;
    for await (const task of client.list(filter, options)) {
      if (task.state === TaskState.SUCCEEDED) builder.add(fromPayload(task.result) as FileDigest);
      else builder.addFailure();
      if (++count % 1000 === 0) progress(count);
    }
    return builder.build();
  },
);

/** A field of an input, which may be anything that a caller sends. */
function textOf<Field extends string>(
  input: Readonly<Record<Field, string>> | null,
  field: Field,
): string {
  const value: unknown = input?.[field];
  if (typeof value === "string" && value !== "") return value;
  throw new TerminalError(`${field}: expected a text`, { code: "INVALID_ARGUMENT" });
}
