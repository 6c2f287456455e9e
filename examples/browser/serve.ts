/**
 * Serves the page of this example: `node examples/browser/serve.ts [--port 3000] [--server http://HOST:PORT]`, where
 * `--server` is the HTTP address of a QTasks server.
 */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "3000" },
    server: { type: "string", default: "http://127.0.0.1:8080" },
  },
});

const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

const page = await readFile(new URL("index.html", import.meta.url));
const script = await bundle();

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://page");
  if (pathname === "/") response.setHeader("content-type", HTML).end(page);
  else if (pathname === "/main.js") response.setHeader("content-type", SCRIPT).end(script);
  else response.writeHead(404).end();
});

server.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`open http://127.0.0.1:${port}/?server=${encodeURIComponent(values.server)}`);
});

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [new URL("main.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]!.contents;
}
