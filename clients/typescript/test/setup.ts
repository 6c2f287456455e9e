/** A real server, and what is tried with it. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pino } from "pino";
import { startCli, startNode, type RunningProcess } from "../../../test/support/process.ts";
import { tempFolder } from "../../../test/support/temp.ts";
import { ConformanceTasks } from "../../../test/gen/conformance/v1/conformance_pb.ts";
import { addFunctions } from "../conformance/functions.ts";
import { METHODS } from "../conformance/methods.ts";
import { connect, Worker, type TaskClient, type WorkerOptions } from "../node/index.ts";

export const ROOT = join(import.meta.dirname, "../../..");
export const PACKAGES = join(import.meta.dirname, "..");

const LISTENS = /serves gRPC on (\S+:\d+), HTTP on (\S+:\d+)/;

type Closer = () => void | Promise<void>;

/** `qtasks serve`, which can be killed and started again on its ports. */
export class Server {
  /** `HOST:PORT` */
  readonly grpc: string;
  /** `http://HOST:PORT` */
  readonly http: string;
  readonly #t: TestContext;
  readonly #url: string;
  readonly #closers: Closer[];
  #process: RunningProcess;

  private constructor(
    t: TestContext,
    url: string,
    closers: Closer[],
    process: RunningProcess,
    [, grpc = "", http = ""]: RegExpMatchArray,
  ) {
    this.#t = t;
    this.#url = url;
    this.#closers = closers;
    this.#process = process;
    this.grpc = grpc;
    this.http = `http://${http}`;
  }

  /** `url` is that of its data. */
  static async start(t: TestContext, url = "memory:"): Promise<Server> {
    const closers: Closer[] = [];
    // First come, first served: workers say goodbye to a server that is still there.
    t.after(() => Promise.all(closers.map(async (close) => close())));
    const process = serve(t, url, "127.0.0.1:0", "127.0.0.1:0");
    return new Server(t, url, closers, process, await process.waitForLine(LISTENS));
  }

  /** On a file, so that it can be killed. */
  static onFile(t: TestContext): Promise<Server> {
    return Server.start(t, `sqlite:${join(tempFolder(), "tasks.db")}`);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exit;
  }

  /** After a kill: on the same data and ports. */
  async startAgain(): Promise<void> {
    this.#process = serve(this.#t, this.#url, this.grpc, new URL(this.http).host);
    await this.#process.waitForLine(LISTENS);
  }

  /** Closed when the test ends. */
  client(): TaskClient {
    const client = connect({ address: this.grpc });
    this.#closers.push(() => client.close());
    return client;
  }

  /** Without tasks, not started; stopped when the test ends. */
  worker(options: WorkerOptions = {}): Worker {
    const logger = pino({ level: "silent" });
    const worker = new Worker({ address: this.grpc, graceMs: 1_000, logger, ...options });
    this.#closers.push(() => worker.stop());
    return worker;
  }

  /** Runs what the conformance worker runs. */
  async conformanceWorker(): Promise<Worker> {
    const worker = this.worker();
    addFunctions(worker);
    worker.service(ConformanceTasks, METHODS);
    await worker.start();
    return worker;
  }

  /** Environment of the conformance program. */
  get env(): Readonly<Record<string, string>> {
    return { QTASKS_ADDRESS: this.grpc, QTASKS_HTTP: this.http };
  }

  /** Starts the conformance program. */
  program(...args: readonly string[]): RunningProcess {
    const main = join(PACKAGES, "conformance/main.ts");
    return startNode(this.#t, [main, ...args], { env: this.env });
  }
}

function serve(t: TestContext, url: string, grpc: string, http: string): RunningProcess {
  const args = ["serve", "--url", url, "--grpc", grpc, "--http", http];
  return startCli(t, args, { cwd: tempFolder() });
}
