/** What `qtasks serve --app` of a site loads: short timings, and a worker in the server's process. */
import { pino } from "pino";
import { QueueTasks } from "../../../src/app.ts";
import { HistoryLog } from "../history/log.ts";
import { TIMINGS } from "../timings.ts";
import { noted } from "./noted-handler.ts";
import { work, WORK, WORK_SETTINGS, type Work } from "./tasks.ts";

const name = process.env["QTASKS_FAULTS_NAME"] ?? "server";
const directory = process.env["QTASKS_FAULTS_HISTORY"] ?? ".";

const log = new HistoryLog({ directory, process: `${name}.${process.pid}`, role: "worker" });
process.on("exit", () => log.close());

/** The app of a site's server. */
export const app = new QueueTasks({
  timings: TIMINGS,
  logger: pino({ level: "warn" }, process.stderr),
});

const { attemptTimeoutMs: timeoutMs, ...settings } = WORK_SETTINGS;

// What its worker says to its server is within the process: it has no tokens to note.
app.task(
  { name: WORK, ...settings, timeoutMs },
  noted<Work>(log, () => "", work),
);
