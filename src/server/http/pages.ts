/** What the HTTP port serves beside RPCs: probes, schema images, and a helpful 404. */
import { REASON_KEY } from "../../core/call-keys.ts";
import type { Catalog } from "../catalog.ts";
import type { Route, RouteAnswer } from "../hooks.ts";
import type { Readiness } from "../readiness.ts";
import { schemaImage } from "../schema.ts";
import { isSchemaPath } from "./reserved-paths.ts";

/** A whole answer to a GET. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Makes the page for one request. */
export type MakePage = () => Page | Promise<Page>;

export interface PagesParams {
  readonly catalog: Catalog;
  readonly readiness: Readiness;
  /** What others serve here. @default nothing */
  readonly routes?: readonly Route[] | undefined;
}

/** Packages that are gRPC's own or Google's, not part of our schema. */
const PLUMBING = /^(grpc\.|google\.)/;

/** The pages by path. */
export class Pages {
  readonly #catalog: Catalog;
  readonly #readiness: Readiness;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor({ catalog, readiness, routes = [] }: PagesParams) {
    this.#routes = new Map(routes.map((route) => [route.path, route]));
    this.#catalog = catalog;
    this.#readiness = readiness;
  }

  /** Whether a page needs the token: schemas may name what is a user's own, and so may routes. */
  isGuarded(path: string): boolean {
    const route = this.#routes.get(path);
    return isSchemaPath(path) || (route !== undefined && route.open !== true);
  }

  /** What makes the page of that path; undefined where there is none. Nothing is made by asking. */
  find(path: string): MakePage | undefined {
    switch (path) {
      case "/livez":
        return () => json(200, { alive: true });
      case "/readyz":
        return () => this.#readyz();
      case "/schema.binpb":
        return () => image(schemaImage(this.#schemaFiles()));
    }
    const route = this.#routes.get(path);
    if (route !== undefined) return async () => pageOf(path, await route.handle());
    const service = /^\/schema\/([\w.]+)\.binpb$/.exec(path)?.[1];
    const file = this.#catalog.serviceFile(service ?? "");
    return file === undefined ? undefined : () => image(schemaImage([file]));
  }

  /** What exists, for who asked for something else; the users' services only for who may call them. */
  overview(isAdmitted: boolean): { pages: string[]; services: string[] } {
    const own = this.#catalog.definitions.map(({ service }) => service.typeName);
    const names = isAdmitted ? this.#catalog.serviceNames : own;
    const services = names.map((name) => `/${name}/<method>`);
    const fixed = ["/livez", "/readyz", "/schema.binpb", "/schema/<service>.binpb"];
    const pages = [...fixed, ...this.#routes.keys()];
    return { pages, services };
  }

  async #readyz(): Promise<Page> {
    const report = await this.#readiness.report();
    return json(report.ready ? 200 : 503, report);
  }

  #schemaFiles() {
    return this.#catalog.files.filter((file) => !PLUMBING.test(file.proto.package));
  }
}

/** A JSON page, indented for people with curl. */
export function json(status: number, value: object, reason?: string): Page {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (reason !== undefined) headers[REASON_KEY] = reason;
  return { status, headers, body: `${JSON.stringify(value, undefined, 2)}\n` };
}

/** Throws where the answer can't be sent: that is no fault of the caller's. */
function pageOf(path: string, answer: RouteAnswer): Page {
  const { status = 200, contentType, body } = Object(answer) as RouteAnswer;
  const isText = typeof contentType === "string" && /^[\x20-\x7e]+$/.test(contentType);
  const isBody = typeof body === "string" || body instanceof Uint8Array;
  if (isText && isBody && Number.isInteger(status) && status >= 200 && status <= 599)
    return { status, headers: { "Content-Type": contentType }, body };
  throw new TypeError(
    `the page ${path}: expected { contentType, body, status }, with a body of text or bytes and a status from 200 to 599`,
  );
}

function image(body: Uint8Array): Page {
  return { status: 200, headers: { "Content-Type": "application/x-protobuf" }, body };
}
