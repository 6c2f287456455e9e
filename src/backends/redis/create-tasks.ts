/** Storage.create on Redis. */
import type { TaskRecord } from "../../core/record.ts";
import { uniqueOf, uniqueTag } from "../../core/tags.ts";
import type { CreateParams, CreateVerdict, NewTask, UniqueClaim } from "../../storage/storage.ts";
import { inBatches } from "./batches.ts";
import { encodeNotice } from "./change-feed.ts";
import type { StorageContext } from "./context.ts";
import { creationCommands } from "./creation-commands.ts";
import { KEY } from "./keys.ts";
import { encodeTask } from "./packed-task.ts";
import type { Argument, Reply } from "./redis-connection.ts";
import { asList, asRecord, asText } from "./replies.ts";

interface Packed {
  readonly record: TaskRecord;
  readonly bytes: Buffer;
  /** Tag of the unique key that is to be held. */
  readonly tag: string | undefined;
  readonly claim: UniqueClaim | undefined;
}

/** Adds tasks; see Storage.create. */
export function createTasks(
  context: StorageContext,
  params: CreateParams,
): Promise<readonly CreateVerdict[]> {
  const run = (batch: readonly Packed[]) => createBatch(context, batch, params.intentId ?? "");
  return inBatches(params.tasks.map(pack), run, ({ bytes }) => bytes.length);
}

function pack({ record, unique }: NewTask): Packed {
  const key = unique === undefined ? undefined : uniqueOf(record.tags);
  return {
    record,
    bytes: encodeTask(record),
    tag: key === undefined ? undefined : uniqueTag(...key),
    claim: unique,
  };
}

/** A script adds all or none: what it refuses is left out, and the rest sent again. */
async function createBatch(
  context: StorageContext,
  batch: readonly Packed[],
  intentId: string,
): Promise<CreateVerdict[]> {
  const verdicts = new Map<Packed, CreateVerdict>();
  let left = batch;
  while (left.length > 0) {
    const now = withoutRivals(left);
    const replies = await runCreate(context, now, intentId);
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
function withoutRivals(tasks: readonly Packed[]): Packed[] {
  const ids = new Set<string>();
  const tags = new Set<string>();
  return tasks.filter(({ record, tag }) => {
    if (ids.has(record.id) || (tag !== undefined && tags.has(tag))) return false;
    ids.add(record.id);
    if (tag !== undefined) tags.add(tag);
    return true;
  });
}

async function runCreate(
  { connection, keys }: StorageContext,
  tasks: readonly Packed[],
  intentId: string,
): Promise<readonly Reply[]> {
  const records = tasks.map(({ record }) => record);
  const claims = tasks.flatMap(({ record, tag, claim }, index): Argument[][] =>
    tag === undefined ? [] : [[index + 1, tag, record.id, claim?.replaces ?? ""]],
  );
  const args: Argument[] = [
    keys.changesChannel,
    encodeNotice(records),
    intentId,
    intentId === "" ? "" : records.map(({ id }) => id).join("\n"),
    tasks.length,
  ];
  for (const { record, bytes } of tasks) args.push(keys.partition + KEY.task + record.id, bytes);
  args.push(claims.length, ...claims.flat());
  for (const command of creationCommands(tasks)) args.push(command.length, ...command);
  const [refused] = await connection.run("create", keys.partition, args);
  return asList(refused);
}

function readVerdict(id: string, verdict: Reply): CreateVerdict | undefined {
  if (verdict === 0) return undefined;
  const [kind, first, second] = asList(verdict);
  return kind === 1
    ? { kind: "exists", record: asRecord(id, first)! }
    : { kind: "held", record: asRecord(asText(first), second)! };
}
