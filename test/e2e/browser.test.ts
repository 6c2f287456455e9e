import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { launchChromium } from "../support/chromium.ts";
import { startNode } from "../support/process.ts";
import { ROOT, startServe } from "./serve.ts";

const EXAMPLE = join(ROOT, "examples/browser");

test("a page in a browser enqueues, shows progress live, and shows the result", async (t) => {
  const { http } = await startServe(t, { app: [join(EXAMPLE, "handlers.ts")] });
  const site = startNode(t, [join(EXAMPLE, "serve.ts"), "--port", "0", "--server", http]);
  const [, url = ""] = await site.waitForLine(/open (\S+)/);
  const page = await (await launchChromium(t)).newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));

  await page.goto(url);
  await page.getByLabel("below").fill("100000");
  await page.getByRole("button", { name: "Enqueue" }).click();

  // Seen while the task runs, not gathered at its end.
  const running = page.locator("#changes li", { hasText: /^RUNNING \d+ %$/ });
  await running.first().waitFor();
  assert.equal(await page.locator("#result").textContent(), "");
  const value = await page.locator("#progress").getAttribute("value");
  await running.nth(2).waitFor();
  assert.equal(await page.locator("#result").textContent(), "");
  assert.notEqual(await page.locator("#progress").getAttribute("value"), value);

  const result = page.getByText("9592 primes, the largest is 99991");
  await result.waitFor();
  const changes = await page.locator("#changes li").allTextContents();
  assert.equal(changes.at(-1), "SUCCEEDED 100 %");
  assert.ok(new Set(changes).size > 5, changes.join(", "));
  assert.equal(await page.locator("#error").textContent(), "");

  await page.getByLabel("below").fill("1");
  await page.evaluate('document.getElementById("form").noValidate = true');
  await page.getByRole("button", { name: "Enqueue" }).click();
  await page.getByText("below: expected 2 to 10000000").waitFor();
  assert.deepEqual(problems, []);
});
