/** Page tokens: where a list stands, tied to the method and the filter that it was made for. */
import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import { TaskFilterSchema, type TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../../core/errors.ts";

/** What a token is good for: a method, and its filter where it has one. */
export interface TokenScope {
  readonly method: string;
  readonly filter?: TaskFilter | undefined;
}

/** Opaque to clients; `position` is any JSON value. */
export function encodePageToken(scope: TokenScope, position: unknown): string {
  return Buffer.from(JSON.stringify([digest(scope), position])).toString("base64url");
}

/**
 * The position of a token, undefined for the empty one of a first page. PAGE_TOKEN_INVALID for a text
 * that is no token, or one of another method or filter.
 */
export function decodePageToken<T>(
  scope: TokenScope,
  token: string,
  isPosition: (position: unknown) => position is T,
): T | undefined {
  if (token === "") return undefined;
  const parsed = parse(token);
  if (!Array.isArray(parsed) || parsed.length !== 2 || !isPosition(parsed[1]))
    throw invalid("it is none that this method gave");
  if (parsed[0] !== digest(scope))
    throw invalid("it was given for another method or filter; start again without a token");
  return parsed[1];
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function digest({ method, filter }: TokenScope): string {
  const hash = createHash("sha256").update(method);
  if (filter !== undefined) hash.update(toBinary(TaskFilterSchema, canonical(filter)));
  return hash.digest("base64url").slice(0, 16);
}

/** Some clients send a map's entries in another order each time. */
function canonical(filter: TaskFilter): TaskFilter {
  const labels = Object.entries(filter.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...filter, labels: Object.fromEntries(labels) };
}

function invalid(why: string): QTasksError {
  return new QTasksError("PAGE_TOKEN_INVALID", `page_token: ${why}`, {
    fields: [{ field: "page_token", description: why }],
  });
}
