/** Hand-outs with defaults. */
import type { TaskRecord } from "../../../core/record.ts";
import { nonce } from "../../../core/ids.ts";
import type { HandedOut, HandOutParams, Joint } from "../../../storage/joint.ts";

/** A hand-out of up to 100 of `mail.send` from `default`, with a nonce of its own. */
export function handOutParams(overrides: Partial<HandOutParams> = {}): HandOutParams {
  return {
    offers: [{ queue: "default", names: ["mail.send"] }],
    max: 100,
    maxBytes: 1e9,
    nonce: nonce(),
    sessionId: "session-1",
    workerId: "worker-1",
    leaseMs: 30_000,
    delivered: false,
    ...overrides,
  };
}

export async function handOut(
  joint: Pick<Joint, "handOut">,
  overrides: Partial<HandOutParams> = {},
): Promise<HandedOut> {
  return joint.handOut(handOutParams(overrides));
}

/** The ids of what is handed out, in its order. */
export async function takeIds(
  joint: Pick<Joint, "handOut">,
  overrides: Partial<HandOutParams> = {},
): Promise<string[]> {
  return idsOf((await handOut(joint, overrides)).records);
}

export function idsOf(records: readonly TaskRecord[]): string[] {
  return records.map(({ id }) => id);
}
