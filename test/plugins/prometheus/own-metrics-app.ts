/** An app that shows metrics in its own way. */
import { QueueTasks } from "../../../src/index.ts";
import { prometheus } from "../../../src/plugins/prometheus/index.ts";

export const app = new QueueTasks().use(prometheus({ prefix: "shop_", path: "/figures" }));
app.task("work", () => "done");
