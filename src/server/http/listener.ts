/** The HTTP listener: Connect, gRPC-Web, gRPC and JSON by connect-node, and the pages. */
import type { IncomingMessage, ServerResponse } from "node:http";
import http2, { type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";

import {
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { Logger } from "pino";

import { addressWithPort, cannotListen, type Address } from "../address.ts";
import type { Calls } from "../calls.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import { methodNotFound, visibleError } from "../errors.ts";
import { STREAM_RESETS, type EdgeLimits } from "../limits.ts";
import type { ServiceDefinition } from "../service.ts";
import type { TlsMaterial } from "../tls.ts";
import { cleartextServer } from "./cleartext.ts";
import { corsHeaders, preflightHeaders, type AllowOrigin } from "./cors.ts";
import { errorPage } from "./error-page.ts";
import { json, type Page, type Pages } from "./pages.ts";
import { RpcRoutes } from "./rpc-routes.ts";

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Node's default of 10 MB would refuse streams of a busy connection. */
const SESSION_MEMORY_MB = 1024;

export interface HttpListenerOptions {
  readonly address: Address;
  readonly calls: Calls;
  readonly pages: Pages;
  readonly limits: EdgeLimits;
  readonly tls: TlsMaterial | undefined;
  readonly allowOrigin: AllowOrigin;
  readonly logger: Logger;
}

/** Serves HTTP/1.1 and HTTP/2 on one address. Services can be added before and after the start. */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #routes: RpcRoutes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<http2.Http2Session>();
  #boundAddress: string | undefined;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#routes = new RpcRoutes(options);
    this.#server = this.#createServer();
    this.#server.prependListener("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Where it listens, with the port that was chosen for port 0. */
  get address(): string | undefined {
    return this.#boundAddress;
  }

  addService(definition: ServiceDefinition): void {
    this.#routes.add(definition);
  }

  /** Serves the users' methods as they are now, and those of before no more. */
  setDurableCalls(durable: DurableCalls): void {
    this.#routes.setDurableCalls(durable);
  }

  /** @throws QTasksError CONFIG_INVALID when it cannot listen there. */
  async start(): Promise<void> {
    const { address } = this.#options;
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (err) => reject(cannotListen("http", address, err)));
      server.listen({ host: address.host, port: address.port }, () => resolve());
    });
    this.#boundAddress = addressWithPort(address, (server.address() as AddressInfo).port);
  }

  /** Stops listening, lets connections end for up to `graceMs`, then closes them. */
  async stop(graceMs: number): Promise<void> {
    const server = this.#server;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    const force = setTimeout(() => this.#sockets.forEach((each) => each.destroy()), graceMs);
    await closed;
    clearTimeout(force);
  }

  #createServer(): Server {
    const { limits, tls } = this.#options;
    const settings = { maxConcurrentStreams: limits.maxConcurrentStreams };
    const options = { settings, maxSessionMemory: SESSION_MEMORY_MB, ...STREAM_RESETS };
    const onRequest = (request: Request, response: Response) => this.#handle(request, response);
    const http2Server =
      tls === undefined
        ? http2.createServer(options, onRequest)
        : http2.createSecureServer({ ...options, ...tls, allowHTTP1: true }, onRequest);
    http2Server.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
    return tls === undefined ? cleartextServer(onRequest, http2Server) : http2Server;
  }

  #handle(request: Request, response: Response): void {
    this.#respond(request, response).catch((err: unknown) => {
      this.#options.logger.debug({ err, path: pathOf(request) }, "an HTTP request failed");
      if (response.headersSent) response.destroy();
      else send(response, json(400, { message: "the request could not be handled" }));
    });
  }

  async #respond(request: Request, response: Response): Promise<void> {
    const headers = corsHeaders(request.headers.origin, this.#options.allowOrigin);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === "OPTIONS") {
      const requested = request.headers["access-control-request-headers"];
      return send(response, { status: 204, headers: preflightHeaders(requested), body: "" });
    }
    const handler = this.#routes.find(pathOf(request));
    if (handler !== undefined) return this.#serveRpc(handler, request, response);
    const page = await this.#page(request);
    this.#closeWhenDraining(request, response);
    send(response, page, request.method === "HEAD");
  }

  async #serveRpc(handler: UniversalHandler, request: Request, response: Response): Promise<void> {
    const incoming = universalRequestFromNodeRequest(request, response, undefined, undefined);
    const answer = await this.#routes.serve(handler, { ...incoming, body: bodyOf(request) });
    this.#closeWhenDraining(request, response);
    response.once("finish", () => request.resume());
    await universalResponseToNodeResponse(answer, response);
  }

  /** Over HTTP/1.1 a client keeps its connection after the answer, unless it is told not to. */
  #closeWhenDraining(request: Request, response: Response): void {
    const draining = this.#options.calls.draining.aborted;
    if (draining && request.httpVersionMajor === 1) response.setHeader("Connection", "close");
  }

  async #page(request: Request): Promise<Page> {
    const path = pathOf(request);
    const { calls, pages, logger } = this.#options;
    const contentType = request.headers["content-type"];
    try {
      if (pages.isGuarded(path)) calls.admit(path, () => request.headers.authorization);
      const make = pages.find(path);
      if (make === undefined) {
        const overview = pages.overview(this.#isAdmitted(request));
        return errorPage(methodNotFound(path), contentType, overview);
      }
      if (request.method === "GET" || request.method === "HEAD") return await make();
      return json(405, { message: `${path} answers GET and HEAD` });
    } catch (thrown) {
      return errorPage(visibleError(thrown, path, logger), contentType);
    }
  }

  #isAdmitted(request: Request): boolean {
    try {
      this.#options.calls.admit(pathOf(request), () => request.headers.authorization);
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * The body as it comes. Whoever stops reading must not destroy the request: over HTTP/1.1 the
 * connection would go with it, and with that the answer that says why. What is left is discarded.
 */
function bodyOf(request: Request): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

function pathOf({ url }: Request): string {
  return url?.split("?", 1)[0] ?? "";
}

function send(response: Response, { status, headers, body }: Page, withoutBody = false): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204) response.setHeader("Content-Length", length);
  // One signature for both versions of HTTP.
  (response as ServerResponse).end(withoutBody || length === 0 ? undefined : body);
}
