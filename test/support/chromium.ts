/** A real headless browser for tests. */
import type { TestContext } from "node:test";
import { chromium, type BrowserContext } from "playwright-core";
import { requireProgram } from "./debian.ts";
import { tempFolder } from "./temp.ts";

const CHROMIUM = { command: "chromium", debianPackage: "chromium", variable: "CHROMIUM_PATH" };

/** What it is started with. */
export const CHROMIUM_ARGS: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Containers often have a /dev/shm too small for a page.
  "--disable-dev-shm-usage",
];

/** The path of a Chromium: `CHROMIUM_PATH`, else from the PATH, else installed when we are root on Debian. */
export async function chromiumPath(): Promise<string> {
  return process.env["CHROMIUM_PATH"] || requireProgram(CHROMIUM);
}

/** Launches Chromium with a fresh user data folder. It is closed when the test ends. */
export async function launchChromium(t: TestContext): Promise<BrowserContext> {
  const executablePath = await chromiumPath();
  const browser = await chromium.launchPersistentContext(tempFolder(), {
    executablePath,
    args: [...CHROMIUM_ARGS],
  });
  t.after(() => browser.close());
  return browser;
}
