/** What readers of payloads that can't be decoded are told. */
import { QTasksError } from "../../core/errors.ts";

/** MESSAGE_MALFORMED; `what` goes on from "payload: ", and holds nothing of the payload. */
export function cannotDecode(
  what: string,
  metadata: Readonly<Record<string, string>> = {},
  cause?: unknown,
): QTasksError {
  return new QTasksError("MESSAGE_MALFORMED", `payload: ${what}`, { metadata, cause });
}
