/** The headers of a gRPC call, compressed (RFC 7541) as grpc-js compresses them: whole once, then by their index. */

/** Indexes of HPACK's static table. */
const METHOD_POST = 3;
const SCHEME_HTTP = 6;
const STATIC_ENTRIES = 61;

const INDEXED = 0x80;
const LITERAL_WITH_INDEXING = 0x40;
const MAX_SHORT_LENGTH = 126;

/** The header blocks of the calls to one method over one connection. */
export interface RequestHeaders {
  /** Of the first call. */
  readonly first: Buffer;
  /** Of all that follow. */
  readonly next: Buffer;
}

/** What grpc-js sends with a call, except for its deadline. */
export function requestHeaders(authority: string, path: string): RequestHeaders {
  const fields = [
    [":authority", authority],
    [":path", path],
    ["grpc-accept-encoding", "identity,deflate,gzip"],
    ["accept-encoding", "identity"],
    ["user-agent", "bench"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ] as const;
  const fixed = [INDEXED | METHOD_POST, INDEXED | SCHEME_HTTP];
  const literals = fields.flatMap(([name, value]) => [
    LITERAL_WITH_INDEXING,
    ...text(name),
    ...text(value),
  ]);
  // The latest entry of the dynamic table has the lowest index.
  const indexes = fields.map((_, at) => INDEXED | (STATIC_ENTRIES + fields.length - at));
  return { first: Buffer.from([...fixed, ...literals]), next: Buffer.from([...fixed, ...indexes]) };
}

function text(value: string): number[] {
  if (value.length > MAX_SHORT_LENGTH) throw new Error(`too long a header: ${value}`);
  return [value.length, ...Buffer.from(value, "latin1")];
}
