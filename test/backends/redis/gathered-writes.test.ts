/** Calls of one turn of the loop share a write to the connection. */
import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { freshStorage } from "./fresh.ts";

/** How a stream writes one chunk, and several. */
interface Writes {
  _write(chunk: unknown, encoding: string, callback: () => void): void;
  _writev(chunks: readonly unknown[], callback: () => void): void;
}

const sockets = Socket.prototype as unknown as Writes;

test("calls of one turn leave in one write, and a lone call at once", async (t) => {
  const fresh = await freshStorage();
  t.after(() => fresh.close());
  await add(fresh.subject, makeRecord());
  const gathered = t.mock.method(sockets, "_writev").mock;
  const alone = t.mock.method(sockets, "_write").mock;
  const create = () => fresh.subject.create({ tasks: [{ record: makeRecord() }] });

  await Promise.all([create(), create(), create()]);
  assert.deepEqual([gathered.callCount(), alone.callCount()], [1, 0]);
  assert.equal(gathered.calls[0]!.arguments[0].length, 3);

  await create();
  await create();
  assert.equal(gathered.callCount() + alone.callCount(), 3);
});
