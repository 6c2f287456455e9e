/**
 * The names that Lua files use for facts that live in TypeScript, so that each has one source: keys,
 * states, limits, and the layout of the packed record.
 */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { LEASE_GRACE_MS } from "../../core/record.ts";
import { uniqueTag } from "../../core/tags.ts";
import { BROKER_KEY, KEY, META } from "./keys.ts";
import { ATTEMPT, DELIVERED, EVENTS, HEAD, VERSION, WITHOUT_MIDDLE } from "./packed-task.ts";

type Values = Readonly<Record<string, string | number>>;

/** Scores are `(MAX_PRIORITY - priority) * PRIORITY_STEP + ms`: below 2^53, and steps beyond any ms. */
const MAX_PRIORITY = 1000;
const PRIORITY_STEP = 2 ** 42;

/** Place in the hand-out: by priority, then age. The same in lua/includes/ready-score.lua. */
export function readyScore(priority: number, orderAt: number): number {
  return (MAX_PRIORITY - priority) * PRIORITY_STEP + orderAt;
}

/** How long a repeated hand-out or take is answered as the first time, in ms. */
const REPEAT_WINDOW_MS = 60_000;

/** Notices that are kept for readers that missed them; one of 500 tasks takes some 25 kB. */
const FEED_ENTRIES = 256;

/** Ids in one member of a chunked set: few enough to rewrite one for each that leaves it. */
export const CHUNK_IDS = 40;

/** Offsets of fields, and where they end. */
type Layout = Readonly<Record<string, number>>;

/** The fields of a layout in order, with their letters in Redis's `struct` library. */
function fieldsOf(layout: Layout): { readonly name: string; readonly letter: string }[] {
  const sorted = Object.entries(layout).toSorted(([, a], [, b]) => a - b);
  return sorted.slice(0, -1).map(([name, offset], index) => {
    const width = sorted[index + 1]![1] - offset;
    if (name === "priority") return { name, letter: `i${width}` };
    return { name, letter: width === 16 ? "c16" : `I${width}` };
  });
}

/** The format of a layout's fields up to and including `last`, by default of all. */
function formatOf(layout: Layout, last?: string): string {
  const fields = fieldsOf(layout);
  const end =
    last === undefined ? fields.length : fields.findIndex(({ name }) => name === last) + 1;
  return `<${fields
    .slice(0, end)
    .map(({ letter }) => letter)
    .join("")}`;
}

/** `<table>.<name>` in a Lua file stands for the value here. */
export function luaConstants(): Readonly<Record<string, Values>> {
  const [tagStart = ""] = uniqueTag("", "").match(/^u./su) ?? [];
  return {
    HEAD: Object.fromEntries(fieldsOf(HEAD).map(({ name }, index) => [name, index + 1])),
    OFFSET: HEAD,
    ATTEMPT_OFFSET: Object.fromEntries(
      Object.entries(ATTEMPT).map(([name, offset]) => [name, HEAD.size + offset]),
    ),
    STATE: TaskState,
    KEY,
    META,
    BROKER_KEY,
    CONST: {
      headFormat: formatOf(HEAD),
      headSize: HEAD.size,
      /** What a compare-and-set looks at. */
      revisionFormat: formatOf(HEAD, "revision"),
      /** What a start rewrites, and what it looks at. */
      startFormat: formatOf(HEAD, "updatedAt"),
      waitingFormat: formatOf(HEAD, "totalDeadlineAt"),
      attemptFormat: formatOf(ATTEMPT),
      attemptSize: ATTEMPT.size,
      withoutMiddle: WITHOUT_MIDDLE,
      delivered: DELIVERED,
      events: EVENTS,
      recordVersion: VERSION,
      chunkIds: CHUNK_IDS,
      leaseGraceMs: LEASE_GRACE_MS,
      maxPriority: MAX_PRIORITY,
      priorityStep: PRIORITY_STEP,
      repeatWindowMs: REPEAT_WINDOW_MS,
      feedEntries: FEED_ENTRIES,
      uniqueTagStart: tagStart,
    },
  };
}
