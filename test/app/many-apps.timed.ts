/** Needs the machine for itself: see `test:alone` in package.json. */
import { test } from "node:test";
import { assertRoundsLeaveNothing } from "./many-apps.ts";

test("three apps in one process, started and stopped a hundred times, leave nothing behind", async () => {
  await assertRoundsLeaveNothing(10, 100);
});
