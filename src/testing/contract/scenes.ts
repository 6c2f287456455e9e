/** Steps that many tests share: they go through the storage under test and fail where it refuses. */
import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema, TaskState, type TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import { endWaiting, succeed } from "../../core/transitions.ts";
import type {
  Change,
  ListParams,
  NewTask,
  Storage,
  StorageNotice,
  StoredEvent,
} from "../../storage/storage.ts";
import { everyByte, makeFailure, startNow } from "./records.ts";
import { eventually } from "./setup.ts";

/** Creates tasks without unique keys. */
export async function add(storage: Storage, ...records: TaskRecord[]): Promise<void> {
  const verdicts = await storage.create({ tasks: records.map((record) => ({ record })) });
  for (const verdict of verdicts) assert.equal(verdict.kind, "created");
}

/** Creates one task and gives the kind of the verdict. */
export async function addUnique(
  storage: Storage,
  record: TaskRecord,
  unique: NewTask["unique"],
): Promise<string> {
  const [verdict] = await storage.create({ tasks: [{ record, unique }] });
  return verdict!.kind;
}

/** Writes what follows a record, and gives it back. */
export async function put(
  storage: Storage,
  before: TaskRecord,
  after: TaskRecord,
  rest: Pick<Change, "events" | "claim"> = {},
): Promise<TaskRecord> {
  const changes = [{ revision: before.revision, after, ...rest }];
  const [verdict] = await storage.write({ changes });
  assert.equal(verdict!.kind, "applied");
  return after;
}

/** Creates a task and takes it by a write. */
export async function addRunning(
  storage: Storage,
  record: TaskRecord,
  params: Parameters<typeof startNow>[1] = {},
): Promise<TaskRecord> {
  await add(storage, record);
  return put(storage, record, startNow(record, params));
}

/** Ends a running task well, at that time, by default now. */
export async function finish(
  storage: Storage,
  record: TaskRecord,
  endedAt: number = Date.now(),
): Promise<TaskRecord> {
  const end = { now: endedAt, reported: true, result: everyByte(10) };
  return put(storage, record, succeed(record, end));
}

/** Ends a waiting task, at that time, by default now. */
export async function endUnstarted(
  storage: Storage,
  record: TaskRecord,
  endedAt: number = Date.now(),
): Promise<TaskRecord> {
  const failure = makeFailure("Canceled");
  return put(storage, record, endWaiting(record, TaskState.CANCELED, { now: endedAt, failure }));
}

export async function readOne(storage: Storage, id: string): Promise<TaskRecord | undefined> {
  const [record] = await storage.read({ ids: [id] });
  return record;
}

export function filterOf(fields: Partial<Omit<TaskFilter, "$typeName" | "$unknown">>): TaskFilter {
  return create(TaskFilterSchema, fields);
}

/** All pages of a list; fails where a page is larger than its limit or the cursor stands still. */
export async function listAll(
  storage: Storage,
  params: Partial<ListParams> = {},
): Promise<TaskRecord[]> {
  const records: TaskRecord[] = [];
  let after = params.after;
  do {
    const page = await storage.list({ ...listParams(params), after });
    assert.ok(page.records.length <= listParams(params).limit);
    assert.notDeepEqual(page.next, after ?? null, "the cursor stands still");
    records.push(...page.records);
    after = page.next;
  } while (after !== undefined);
  return records;
}

/** Parameters of a list over everything, 100 a page. */
export function listParams(params: Partial<ListParams> = {}): ListParams {
  return { filter: filterOf({}), cutoffAt: 0, limit: 100, maxExamined: 2_000, ...params };
}

export async function listIds(storage: Storage, filter: TaskFilter): Promise<string[]> {
  const records = await listAll(storage, { filter });
  return records.map((record) => record.id);
}

export function log(sequence: number, body: Uint8Array = everyByte(10)): StoredEvent {
  return { sequence, kind: "log", body };
}

export function output(sequence: number, body: Uint8Array = everyByte(10)): StoredEvent {
  return { sequence, kind: "output", body };
}

/** Everything that a storage told since. */
export class Notices {
  readonly all: StorageNotice[] = [];
  readonly end: () => void;

  constructor(storage: Storage) {
    this.end = storage.subscribe((notice) => this.all.push(notice));
  }

  get changes(): (StorageNotice & { kind: "changes" })["changes"] {
    return this.all.flatMap((notice) => (notice.kind === "changes" ? notice.changes : []));
  }

  get work(): (StorageNotice & { kind: "changes" })["work"] {
    return this.all.flatMap((notice) => (notice.kind === "changes" ? notice.work : []));
  }

  /** Waits for the notice of a task's revision. */
  async ofRevision(record: TaskRecord): Promise<void> {
    await eventually(`notice of ${record.id} at ${record.revision}`, () =>
      this.changes.find(({ id, revision }) => id === record.id && revision === record.revision),
    );
  }

  /** Waits for the notice of a document. */
  async ofDocument(kind: string, key: string): Promise<void> {
    await eventually(`notice of document ${kind} ${key}`, () =>
      this.all.find(
        (notice) =>
          notice.kind === "document" && notice.documentKind === kind && notice.key === key,
      ),
    );
  }
}
