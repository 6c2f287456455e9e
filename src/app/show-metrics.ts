/** Metrics of a standalone server. */
import type { QueueTasks } from "../app.ts";

/** Lets the app show metrics on its HTTP port, unless its configuration says no, or it does so by itself. */
export async function showMetrics(app: QueueTasks): Promise<void> {
  const { metrics, http } = app.config.values;
  if (!metrics || http === false || app.uses("prometheus")) return;
  // Loaded here: the other commands start faster without it.
  const { prometheus } = await import("../plugins/prometheus/index.ts");
  app.use(prometheus({ defaultMetrics: true }));
}
