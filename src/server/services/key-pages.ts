/** Pages of lists that are short enough to be sorted whole: queues, workers, definitions. */
import { decodePageToken, encodePageToken, type TokenScope } from "../checks/page-token.ts";

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;

export interface KeyPageRequest {
  readonly scope: TokenScope;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** The items after the token's key, in the order of their keys. */
export function pageByKey<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { scope, pageSize, pageToken }: KeyPageRequest,
): { items: T[]; nextPageToken: string } {
  const after = decodePageToken(scope, pageToken, isText) ?? "";
  const size = Math.min(MAX_PAGE_SIZE, pageSize || DEFAULT_PAGE_SIZE);
  const rest = items
    .filter((item) => after === "" || keyOf(item) > after)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  return { items: page, nextPageToken: more ? encodePageToken(scope, keyOf(last)) : "" };
}

function isText(position: unknown): position is string {
  return typeof position === "string";
}
