/** Rules of bad input as tables: each names the field and the limit, and what is exactly at the limit passes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { QTasksError } from "../../../../src/core/errors.ts";
import { NAME, Scene } from "../../../pipeline/setup.ts";

export type Call = (scene: Scene) => Promise<unknown>;

export interface Rule {
  /** What is wrong. */
  readonly title: string;
  /** The field as the error names it. */
  readonly field: string;
  /** Part of the description: the limit. */
  readonly says: RegExp;
  readonly bad: Call;
  /** The same at its limit. */
  readonly good?: Call;
}

export const limits = { maxPayloadBytes: 1_000, maxBatch: 5, maxHeaderBytes: 100, maxHeaders: 3 };
export const NEGATIVE = { seconds: -1n, nanos: 0 };

export function entries(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
}

export function enqueue(spec: object, request: object = {}): Call {
  return (scene) => scene.tasks.enqueueTask({ ...request, spec: { name: NAME, ...spec } });
}

export function withOptions(options: object): Call {
  return enqueue({ options });
}

export function withPolicy(retryPolicy: object): Call {
  return withOptions({ retryPolicy });
}

export function text(length: number) {
  return { body: { case: "text", value: "x".repeat(length) } } as const;
}

export function check(title: string, rules: readonly Rule[]): void {
  describe(`bad input: ${title}`, () => {
    for (const rule of rules) test(rule.title, () => hold(rule));
  });
}

async function hold({ field, says, bad, good }: Rule): Promise<void> {
  const scene = new Scene("joint", { limits });
  await scene.start();
  try {
    await assert.rejects(bad(scene), (thrown) => {
      assert.ok(thrown instanceof QTasksError, String(thrown));
      assert.ok(["FIELD_VIOLATION", "PAYLOAD_TOO_LARGE"].includes(thrown.reason), thrown.message);
      const violation = thrown.fields.find((item) => item.field === field);
      assert.ok(violation !== undefined, `${field} is not named: ${thrown.message}`);
      assert.match(violation.description, says);
      return true;
    });
    await good?.(scene);
  } finally {
    await scene.stop();
  }
}
