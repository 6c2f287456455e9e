/** The SQLite storage as the bench drives it: its engine in this thread, or the whole of it with its thread. */
import { join } from "node:path";
import { openDatabase } from "../../../src/backends/sqlite/database.ts";
import { loadEngine } from "../../../src/backends/sqlite/engine-kinds.ts";
import { sessionOver } from "../../../src/backends/sqlite/open-session.ts";
import * as packing from "../../../src/backends/sqlite/record-packing.ts";
import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import type { ThreadData } from "../../../src/backends/sqlite/thread/calls.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import type { HandOutParams } from "../../../src/storage/joint.ts";
import type { Change } from "../../../src/storage/storage.ts";

/** Each step is prepared outside of the measured time, and does one batch in one commit. */
export interface Subject {
  /** Bytes of the file that hold something, with what is still in its log; NaN where the thread has it. */
  readonly usedBytes: () => number;
  readonly create: (records: readonly TaskRecord[]) => Step<void>;
  readonly handOut: (params: HandOutParams) => Step<readonly TaskRecord[]>;
  readonly write: (changes: readonly Change[]) => Step<void>;
  readonly purge: (limit: number) => Step<number>;
  readonly stop: () => Promise<void>;
}

/** Does the measured work; what comes of it is read afterwards. */
export type Step<Result> = () => Promise<() => Result>;

export const SUBJECTS = {
  /** Without threads and without decoding: the engine's own cost. */
  engine: openEngine,
  /** As a server has it, with what both threads do. */
  thread: openThread,
};

async function openEngine(folder: string): Promise<Subject> {
  const path = join(folder, "engine.db");
  const data: ThreadData = { engine: "storage", path, create: true, now: 0, maxLogs: 10 };
  const kind = await loadEngine(data);
  const db = openDatabase(kind.file, data);
  const { session } = sessionOver(db, data, kind);
  const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
  // The answers are of the types that the methods give.
  const call = async <Answer>(method: string, params: unknown): Promise<Answer> => {
    let value: unknown;
    session.flush([{ id: 1, method, params, now: Date.now() }], ([answer]) => {
      if (answer === undefined || answer.failure !== undefined)
        throw new Error(`${method}: ${answer?.failure.message ?? "no answer"}`);
      value = answer.value;
    });
    return value as Answer;
  };
  return {
    usedBytes: () => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size"),
    create: (records) => {
      const params = packing.packCreate({ tasks: records.map((record) => ({ record })) });
      return async () => {
        await call("create", params);
        return () => undefined;
      };
    },
    handOut: (params) => async () => {
      const answer: Parameters<typeof packing.unpackRecords>[0] = await call("handOut", params);
      return () => packing.unpackRecords(answer);
    },
    write: (changes) => {
      const params = packing.packWrite({ changes });
      return async () => {
        await call("write", params);
        return () => undefined;
      };
    },
    purge: (limit) => async () => {
      const { count } = await call<{ count: number }>("purge", { limit });
      return () => count;
    },
    stop: async () => session.close(0),
  };
}

async function openThread(folder: string): Promise<Subject> {
  const path = join(folder, "thread.db");
  const storage = new SqliteStorage({ path });
  await storage.start();
  return {
    usedBytes: () => Number.NaN,
    create: (records) => async () => {
      await storage.create({ tasks: records.map((record) => ({ record })) });
      return () => undefined;
    },
    handOut: (params) => async () => {
      const { records } = await storage.handOut(params);
      return () => records;
    },
    write: (changes) => async () => {
      await storage.write({ changes });
      return () => undefined;
    },
    purge: (limit) => async () => {
      const { count } = await storage.purge({ limit });
      return () => count;
    },
    stop: () => storage.stop(),
  };
}
