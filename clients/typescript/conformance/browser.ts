/** The `browser` of clients/conformance: a page plays the scenario in Chromium. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { CHROMIUM_ARGS, chromiumPath } from "../../../test/support/chromium.ts";

/** A page that plays scenarios. */
export interface Player {
  /** Plays one, `wait` for so many ms; gives its facts. */
  play(name: string, delayMs?: number): Promise<object>;
  close(): Promise<void>;
}

/** Opens a page that calls the server at an HTTP address. */
export async function openPlayer(baseUrl: string): Promise<Player> {
  const site = await serve(await script());
  const executablePath = await chromiumPath();
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
  const page = await browser.newPage();
  await page.goto(site.url);
  return {
    play: (name, delayMs = 0) =>
      page.evaluate<object>(
        `play(${JSON.stringify(name)}, ${JSON.stringify(baseUrl)}, ${delayMs})`,
      ),
    close: async () => {
      await browser.close();
      site.close();
    },
  };
}

/** The page's script, as a bundler for browsers makes it: whatever only Node has fails it. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL("page.ts", import.meta.url).pathname],
    bundle: true,
    format: "iife",
    platform: "browser",
    logLevel: "silent",
    write: false,
  });
  return outputFiles[0]!.text;
}

async function serve(code: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? code : '<!doctype html><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It ends with the browser, also where none could be started.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
