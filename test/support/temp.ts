/** Temporary folders for tests. */
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reapFolder } from "./reaper.ts";

/**
 * A new empty folder, removed when this process is gone: node:test runs `after` hooks first come, first served, so a
 * hook would take the folder from under a server that a later hook stops.
 */
export function tempFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "qtasks-test-"));
  reapFolder(folder);
  return folder;
}
