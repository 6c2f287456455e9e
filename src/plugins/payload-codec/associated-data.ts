/** What of a payload is authenticated beside its bytes. */
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";

const DOMAIN = "qtasks.payload";

/**
 * The domain, the content type, the schema, then the encodings up to the encryption, that included: each as its
 * length in 4 bytes, big-endian, and its UTF-8. None of them can be changed, nor bytes moved from one to the next.
 */
export function associatedData(
  { contentType, schema }: Pick<Payload, "contentType" | "schema">,
  encodings: readonly string[],
): Buffer {
  const parts = [DOMAIN, contentType, schema, ...encodings];
  return Buffer.concat(parts.flatMap((part) => [lengthOf(part), Buffer.from(part)]));
}

function lengthOf(part: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(part));
  return length;
}
