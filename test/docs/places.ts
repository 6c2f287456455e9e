/** Where a document's programs listen and keep their data, instead of the places that they name. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { randomPrefix, redisUrl } from "../support/redis.ts";

const REDIS = /rediss?:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(?:\/\d+)?(?:\?prefix=([\w-]+))?/g;

export class Places {
  readonly grpc: string;
  readonly http: string;
  readonly #prefix = randomPrefix();
  readonly #redis: string;
  readonly #tmp: string;

  private constructor(ports: readonly number[], redis: string, tmp: string) {
    [this.grpc, this.http] = ports.map((port) => `127.0.0.1:${port}`) as [string, string];
    this.#redis = redis;
    this.#tmp = tmp;
  }

  /** Free ports, and a prefix in a Redis where `code` names one. `tmp` takes the place of `/tmp`. */
  static async of(code: string, tmp: string): Promise<Places> {
    const redis = code.search(REDIS) === -1 ? "" : await redisUrl();
    return new Places([await freePort(), await freePort()], redis, tmp);
  }

  /** The code, with these places. */
  in(code: string): string {
    return code
      .replaceAll("127.0.0.1:50051", this.grpc)
      .replaceAll("127.0.0.1:8080", this.http)
      .replaceAll(REDIS, (_, name = "") => `${this.#redis}?prefix=${this.#prefix}${String(name)}`)
      .replaceAll(/(?<![\w.])\/tmp\//g, `${this.#tmp}/`);
  }

  /** What a program printed, with the places that its document names. */
  from(printed: string): string {
    return printed
      .replaceAll(this.grpc, "127.0.0.1:50051")
      .replaceAll(this.http, "127.0.0.1:8080")
      .replaceAll(`${this.#tmp}/`, "/tmp/");
  }

  /** Apps that name no listeners have these. */
  get env(): Record<string, string> {
    return {
      QTASKS_GRPC: this.grpc,
      QTASKS_HTTP: this.http,
      DOCUMENT_SERVER: this.grpc,
      NO_COLOR: "1",
    };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
