/**
 * The names that Lua files use for facts that live in TypeScript, so that each has one source: keys,
 * states, limits, and the layout of the packed record's head.
 */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../core/record-codec.ts";
import { LEASE_GRACE_MS } from "../../core/record.ts";
import { uniqueTag } from "../../core/tags.ts";
import { BROKER_KEY, KEY, META } from "./keys.ts";

type Values = Readonly<Record<string, string | number>>;

/** Scores are `(MAX_PRIORITY - priority) * PRIORITY_STEP + ms`: below 2^53, and steps beyond any ms. */
const MAX_PRIORITY = 1000;
const PRIORITY_STEP = 2 ** 42;

/** How long a repeated hand-out or take is answered as the first time, in ms. */
const REPEAT_WINDOW_MS = 60_000;

/** Notices that are kept for readers that missed them; one of 500 tasks takes some 25 kB. */
const FEED_ENTRIES = 256;

interface HeadField {
  readonly name: string;
  readonly offset: number;
  readonly format: string;
}

/** The fields of a head in order, with their letters in Redis's `struct` library. */
function headFields(): HeadField[] {
  return Object.entries(HEAD)
    .filter(([name]) => name !== "size")
    .sort(([, a], [, b]) => a - b)
    .map(([name, offset]) => ({ name, offset, format: formatOf(name, offset) }));
}

function formatOf(name: string, offset: number): string {
  if (name === "nonce") return "c16";
  if (name === "priority") return "i4";
  if (offset < HEAD.priority) return "B";
  return offset < HEAD.revision ? "I4" : "d";
}

const WIDTHS: Readonly<Record<string, number>> = { c16: 16, i4: 4, I4: 4, B: 1, d: 8 };

/** The whole head as one format; bytes without a field are skipped, and written as zeros. */
function headFormat(fields: readonly HeadField[]): string {
  let format = "<";
  let at = 0;
  for (const field of fields) {
    format += "x".repeat(field.offset - at) + field.format;
    at = field.offset + WIDTHS[field.format]!;
  }
  return format + "x".repeat(HEAD.size - at);
}

/** `<table>.<name>` in a Lua file stands for the value here. */
export function luaConstants(): Readonly<Record<string, Values>> {
  const fields = headFields();
  const [tagStart = ""] = uniqueTag("", "").match(/^u./su) ?? [];
  return {
    HEAD: Object.fromEntries(fields.map(({ name }, index) => [name, index + 1])),
    OFFSET: Object.fromEntries(fields.map(({ name, offset }) => [name, offset])),
    STATE: TaskState,
    KEY,
    META,
    BROKER_KEY,
    CONST: {
      headFormat: headFormat(fields),
      headCount: fields.length,
      headSize: HEAD.size,
      leaseGraceMs: LEASE_GRACE_MS,
      maxPriority: MAX_PRIORITY,
      priorityStep: PRIORITY_STEP,
      repeatWindowMs: REPEAT_WINDOW_MS,
      feedEntries: FEED_ENTRIES,
      uniqueTagStart: tagStart,
    },
  };
}
