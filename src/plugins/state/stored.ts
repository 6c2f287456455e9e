/** How state is kept as values of GlobalConfig. */
import { randomUUID } from "node:crypto";
import type { ConfigEntry } from "../../config/global-config.ts";
import { fieldError, QTasksError } from "../../core/errors.ts";
import type { StateEntry } from "./entry.ts";

/** Largest value, in bytes of JSON. */
const MAX_VALUE_BYTES = 64 * 1024;

/**
 * What is gone is kept so long, in ms. Versions of GlobalConfig begin anew once nothing is left: a writer that has read
 * one before the value went must not meet the same one again.
 */
export const LINGER_MS = 60_000;

/** More writes of a key than this in one ms, again and again, there are not. */
const VERSIONS_PER_MS = 1_000;

interface Content {
  /** Unset: deleted. */
  readonly value?: unknown;
  readonly expiresAt?: number | undefined;
}

interface StoredContent extends Content {
  /** Added to the stored version: makes versions grow where those of GlobalConfig begin anew. */
  readonly base: number;
}

/** What is there under a key, or was. */
export interface Stored {
  /** Of GlobalConfig; 0: nothing. */
  readonly version: number;
  readonly base: number;
  /** The value, until it expires; undefined: deleted, or never there. */
  readonly entry: StateEntry<unknown> | undefined;
}

/** What GlobalConfig has under the key. */
export function readStored(key: string, found: ConfigEntry | undefined): Stored {
  if (found === undefined) return { version: 0, base: 0, entry: undefined };
  const { version, updatedAt } = found;
  const { base, value, expiresAt } = contentOf(key, found.value);
  if (value === undefined) return { version, base, entry: undefined };
  return { version, base, entry: { key, value, version: base + version, updatedAt, expiresAt } };
}

/** What stands there at this time. */
export function liveEntry({ entry }: Stored, now: number): StateEntry<unknown> | undefined {
  return entry?.expiresAt !== undefined && entry.expiresAt <= now ? undefined : entry;
}

/** What is put into GlobalConfig in place of what was read. PAYLOAD_TOO_LARGE, naming the limit. */
export function toPut(key: string, before: Stored, content: Content, now: number) {
  const base = before.version === 0 ? Math.floor(now) * VERSIONS_PER_MS : before.base;
  checkSize(key, content.value);
  const stored: StoredContent & { readonly id: string } = {
    ...content,
    base,
    // GlobalConfig takes a put of the same value for a repeat: each writer's must be its own.
    id: randomUUID(),
  };
  const isGone = content.value === undefined;
  const goneAt = isGone ? now : content.expiresAt;
  const ttlMs = goneAt === undefined ? undefined : Math.max(0, goneAt - now) + LINGER_MS;
  return { value: stored, expectedVersion: before.version, ttlMs };
}

function checkSize(key: string, value: unknown): void {
  if (value === undefined) return;
  const bytes = Buffer.byteLength(jsonOf(value));
  if (bytes <= MAX_VALUE_BYTES) return;
  throw new QTasksError(
    "PAYLOAD_TOO_LARGE",
    `the value of ${key} has ${bytes} bytes of JSON; shared state takes at most ${MAX_VALUE_BYTES}`,
    { metadata: { key } },
  );
}

/** FIELD_VIOLATION where there is no such thing, as of a bigint, or of an object within itself. */
function jsonOf(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (error) {
    throw fieldError("value", `expected a JSON value: ${QTasksError.from(error).message}`);
  }
  if (text === undefined) throw fieldError("value", `expected a JSON value; got a ${typeof value}`);
  return text;
}

function contentOf(key: string, value: unknown): StoredContent {
  const content = Object(value) as StoredContent;
  if (typeof content.base === "number") return content;
  throw new QTasksError("INTERNAL", `the value of ${key} was not written by sharedState()`);
}
