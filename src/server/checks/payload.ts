/** Rules of payloads, labels and headers. */
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { payloadBytes } from "../../core/payload-bytes.ts";
import type { Violations } from "./violations.ts";

const MAX_MEDIA_TYPE = 255;
const MAX_ENCODINGS = 10;
const MAX_LABEL_KEY = 63;
const MAX_LABEL_VALUE = 255;
/** What must not be stored, since it may be a secret, or is the protocol's own. */
const RESERVED_HEADER =
  /^(authorization|cookie|set-cookie|proxy-authorization|grpc-.*|qtasks-.*)$/i;

export function checkPayload(
  check: Violations,
  field: string,
  payload: Payload | undefined,
  maxBytes: number = check.limits.maxPayloadBytes,
): void {
  if (payload === undefined) return;
  const bytes = payloadBytes(payload);
  if (bytes > maxBytes) check.addTooLarge(field, bytes, maxBytes);
  const { contentType, schema, encodings } = payload;
  // Names of fields are made for what is there: most payloads are a body and no more.
  if (contentType !== "") check.text(`${field}.content_type`, contentType, MAX_MEDIA_TYPE);
  if (schema !== "") check.optionalToken(`${field}.schema`, schema, check.limits.maxNameLength);
  if (encodings.length === 0) return;
  check.size(`${field}.encodings`, encodings.length, MAX_ENCODINGS);
  for (const [index, encoding] of encodings.entries())
    check.text(`${field}.encodings[${index}]`, encoding, MAX_MEDIA_TYPE);
}

export function checkLabels(
  check: Violations,
  field: string,
  labels: Readonly<Record<string, string>>,
): void {
  const entries = Object.entries(labels);
  check.size(field, entries.length, check.limits.maxLabels);
  for (const [key, value] of entries) {
    check.token(`${field} key`, key, MAX_LABEL_KEY);
    check.text(`${field}[${JSON.stringify(key)}]`, value, MAX_LABEL_VALUE);
  }
}

export function checkHeaders(
  check: Violations,
  field: string,
  headers: Readonly<Record<string, string>>,
): void {
  const entries = Object.entries(headers);
  check.size(field, entries.length, check.limits.maxHeaders);
  let bytes = 0;
  for (const [key, value] of entries) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    check.token(`${field} key`, key, check.limits.maxNameLength);
    if (RESERVED_HEADER.test(key))
      check.add(
        `${field}[${JSON.stringify(key)}]`,
        "is never stored: credentials, grpc-* and qtasks-* headers can't be handed to tasks",
      );
  }
  const { maxHeaderBytes } = check.limits;
  if (bytes > maxHeaderBytes) check.add(field, `at most ${maxHeaderBytes} bytes; got ${bytes}`);
}
