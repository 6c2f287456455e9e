/** Storage.create on Redis. */
import type { TaskRecord } from "../../core/record.ts";
import { uniqueOf, uniqueTag } from "../../core/tags.ts";
import type { CreateParams, CreateVerdict, NewTask, UniqueClaim } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import { encodeNotice } from "./change-feed.ts";
import type { StorageContext } from "./context.ts";
import { creationCommands } from "./creation-commands.ts";
import { KEY } from "./keys.ts";
import { addTask, callSize, measureTask, type MeasuredTask } from "./pack-task.ts";
import type { Reply } from "./redis-connection.ts";
import { asList, asRecord, asText } from "./replies.ts";
import { ScriptCall, type Argument } from "./script-call.ts";

/** The id in the task's key, in the notice and in two indexes, with what stands around it. */
const BYTES_BESIDE = 240;

interface Creation {
  readonly record: TaskRecord;
  readonly measured: MeasuredTask;
  /** Tag of the unique key that is to be held. */
  readonly tag: string | undefined;
  readonly claim: UniqueClaim | undefined;
}

/** Adds tasks; see Storage.create. */
export function createTasks(
  context: StorageContext,
  params: CreateParams,
): Promise<readonly CreateVerdict[]> {
  const run = (batch: readonly Creation[]) => createBatch(context, batch, params.intentId ?? "");
  return inBatches(params.tasks.map(creationOf), run, ({ measured }) => measured.length);
}

function creationOf({ record, unique }: NewTask): Creation {
  const key = unique === undefined ? undefined : uniqueOf(record.tags);
  return {
    record,
    measured: measureTask(record),
    tag: key === undefined ? undefined : uniqueTag(...key),
    claim: unique,
  };
}

/** A script adds all or none: what it refuses is left out, and the rest sent again. */
async function createBatch(
  context: StorageContext,
  batch: readonly Creation[],
  intentId: string,
): Promise<readonly CreateVerdict[]> {
  const verdicts = new Map<Creation, CreateVerdict>();
  let left = batch;
  while (left.length > 0) {
    const now = withoutRivals(left);
    const replies = await runCreate(context, now, intentId);
    if (replies.length === 0 && now === batch) return batch.map(() => CREATED);
    for (const [index, task] of now.entries()) {
      const verdict = replies.length === 0 ? CREATED : readVerdict(task.record.id, replies[index]!);
      if (verdict !== undefined) verdicts.set(task, verdict);
    }
    left = left.filter((task) => !verdicts.has(task));
  }
  return batch.map((task) => verdicts.get(task)!);
}

const CREATED: CreateVerdict = { kind: "created" };

/** The tasks but for those whose id or unique key an earlier one has. */
function withoutRivals(tasks: readonly Creation[]): readonly Creation[] {
  const ids = new Set<string>();
  const tags = new Set<string>();
  const isFirst = ({ record, tag }: Creation): boolean => {
    if (ids.has(record.id) || (tag !== undefined && tags.has(tag))) return false;
    ids.add(record.id);
    if (tag !== undefined) tags.add(tag);
    return true;
  };
  const first = tasks.filter(isFirst);
  return first.length === tasks.length ? tasks : first;
}

async function runCreate(
  { connection, keys }: StorageContext,
  tasks: readonly Creation[],
  intentId: string,
): Promise<readonly Reply[]> {
  const records = tasks.map(({ record }) => record);
  const claims = tasks.flatMap(({ record, tag, claim }, index): Argument[] =>
    tag === undefined ? [] : [index + 1, tag, record.id, claim?.replaces ?? ""],
  );
  const call = new ScriptCall(keys.partition, callSize(tasks, BYTES_BESIDE));
  call.text(keys.changesChannel);
  call.text(encodeNotice(records));
  call.text(intentId);
  call.text(intentId === "" ? "" : records.map(({ id }) => id).join("\n"));
  call.number(tasks.length);
  const keyStart = Buffer.from(keys.partition + KEY.task);
  for (const { record, measured } of tasks) {
    call.joined(keyStart, record.id);
    addTask(call, measured);
  }
  call.number(claims.length / 4);
  call.addAll(claims);
  for (const command of creationCommands(tasks)) {
    call.number(command.length);
    call.addAll(command);
  }
  const [refused] = await connection.send("create", call);
  return asList(refused);
}

function readVerdict(id: string, verdict: Reply): CreateVerdict | undefined {
  if (verdict === 0) return undefined;
  const [kind, first, second] = asList(verdict);
  return kind === 1
    ? { kind: "exists", record: asRecord(id, first)! }
    : { kind: "held", record: asRecord(asText(first), second)! };
}
