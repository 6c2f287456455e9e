/** Handlers that the tests of serve and worker load. */
import { Router } from "../../src/routers/router.ts";

export const router = new Router();

router.task("math.add", async ({ x, y }: { x: number; y: number }) => x + y);

router.task({ name: "fail", retry: { maxAttempts: 1 } }, async () => {
  throw new Error("as it was told");
});

router.task("hold", async (_input: unknown, ctx) => {
  ctx.progress(1, 2, "holding");
  await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
  ctx.throwIfCanceled();
});

router.task("count.to", async function* (n: number) {
  for (let i = 1; i <= n; i++) yield i;
});
