/** The service for the clients' tests: with short times, so that lost workers are noticed soon. */
import { pino } from "pino";
import { QueueTasks } from "../../../src/app.ts";
import { TIMINGS } from "../../faults/timings.ts";
import { functions } from "./functions.ts";

const [url = "memory:", grpc = "127.0.0.1:0", http = "127.0.0.1:0", withFunctions] =
  process.argv.slice(2);

const app = new QueueTasks({
  url,
  grpc,
  http,
  timings: TIMINGS,
  graceMs: 1_000,
  logger: pino({ level: "warn" }, pino.destination(2)),
});
if (withFunctions === "functions") app.includeRouter(functions());
const roles = { server: true, worker: withFunctions === "functions" };
await app.start(roles);
console.log(`serves ${app.grpcAddress} ${app.httpAddress}`);
await app.runForever(roles);
