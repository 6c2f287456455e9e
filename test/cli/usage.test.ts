import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { runCli } from "../support/process.ts";

const NO_SERVER = { env: { QTASKS_SERVER: "127.0.0.1:1", NO_COLOR: "1" } };

const BAD: readonly (readonly [args: string, message: RegExp])[] = [
  ["", /Usage: qtasks/],
  ["unknown", /unknown command 'unknown'/],
  ["enqueue", /missing required argument 'name'/],
  ["enqueue a {oops", /INPUT is not JSON/],
  ["enqueue a 1 --input-file x", /--input-file can't be given together/],
  ["enqueue a --input-file /does/not/exist", /--input-file: ENOENT/],
  ["enqueue a --priority much", /--priority .*whole number/],
  ["enqueue a --delay soon", /--delay .*duration such as/],
  ["enqueue a --delay 1s --at 2030-01-01", /--delay can't be set together with --at/],
  ["enqueue a --at tomorrow", /--at .*time such as/],
  ["enqueue a --label nokey", /--label .*KEY=VALUE/],
  ["enqueue a --unique-window 1s", /--unique-window needs --unique-key/],
  ["enqueue a --each-line --id x", /--id can't be shared/],
  ["await", /missing required argument 'id'/],
  ["list --state happy", /--state .*succeeded, failed/],
  ["list --limit 0", /--limit .*at least 1/],
  ["list --output yaml", /--output .*table, json/],
  ["cancel", /give ids of tasks, or filter flags/],
  ["cancel a --queue b", /not both/],
  ["retry --queue b", /--yes/],
  ["serve --slots many", /--slots .*whole number from 1/],
  ["serve --url nonsense", /no backend for .*memory:/],
  ["config --url nonsense", /no backend for .*memory:/],
  ["serve --app /does/not/exist.ts", /CONFIG_INVALID: .*exist\.ts/],
  ["worker", /--app: give a file/],
  ["worker --app x.ts --url memory: --server 127.0.0.1:1", /not both/],
  ["config --config /does/not/exist", /config file \/does\/not\/exist: ENOENT/],
  ["reschedule a", /give --delay, --at or --priority/],
  ["get a --server nonsense", /--server .*Expected HOST:PORT/],
  ["get a --tls-ca /does/not/exist", /--tls-ca: ENOENT/],
];

describe("usage", { concurrency: 4 }, () => {
  for (const [args, message] of BAD) {
    test(`qtasks ${args}`, async (t) => {
      const { code, stderr } = await runCli(t, args === "" ? [] : args.split(" "), NO_SERVER);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    });
  }
});

const COMMANDS =
  "serve worker enqueue run await watch get list count cancel retry reschedule " +
  "config events queues pause resume workers drain tasks";

describe("help", { concurrency: 4 }, () => {
  for (const command of COMMANDS.split(" ")) {
    test(`qtasks ${command} --help has an example`, async (t) => {
      const { code, stdout } = await runCli(t, [command, "--help"]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Examples?:\\n {2}\\$ qtasks ${command}`));
    });
  }
});

test("--version prints the version", async (t) => {
  const { code, stdout } = await runCli(t, ["--version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test("without a server: exit code 4, the address, and what to do", async (t) => {
  for (const args of ["enqueue a", "await t", "list", "queues"]) {
    const { code, stderr } = await runCli(t, args.split(" "), NO_SERVER);
    assert.equal(code, 4);
    assert.match(stderr, /SERVER_UNREACHABLE: no QTasks server answers at 127\.0\.0\.1:1/);
    assert.match(stderr, /next: start one with `qtasks serve`/);
  }
});
