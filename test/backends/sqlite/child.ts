/** A process that has a storage's file, for tests that kill it: `open PATH` or `write PATH`. */
import { once } from "node:events";
import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import { makeRecord, startNow } from "../../../src/testing/contract/records.ts";

const [, , mode, path] = process.argv;
const storage = new SqliteStorage({ path: path! });
await storage.start();
process.send!("opened");

if (mode === "open") {
  await once(process, "disconnect");
  await storage.stop();
} else {
  await Promise.all(Array.from({ length: 4 }, write));
}

/** Creates and starts tasks for ever, and tells what was acknowledged. */
async function write(): Promise<never> {
  for (;;) {
    const records = Array.from({ length: 25 }, () => makeRecord({ tags: ["l\u001fk\u001fv"] }));
    await storage.create({ tasks: records.map((record) => ({ record })) });
    process.send!({ created: records.map((record) => record.id) });
    const changes = records.map((record) => ({ revision: 1, after: startNow(record) }));
    await storage.write({ changes });
    process.send!({ started: records.map((record) => record.id) });
  }
}
