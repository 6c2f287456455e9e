/** QTasks as a plugin of Fastify: the app starts when the server is ready, and stops after the last request. */
import type { FastifyPluginAsync } from "fastify";
import type { QueueTasks, Roles } from "../../../src/index.ts";

declare module "fastify" {
  interface FastifyInstance {
    readonly qtasks: QueueTasks;
  }
}

export interface QTasksPluginOptions {
  readonly app: QueueTasks;
  /** What of the app runs in this process. @default neither server nor worker: it only calls */
  readonly roles?: Roles;
}

const plugin: FastifyPluginAsync<QTasksPluginOptions> = async (fastify, options) => {
  const { app, roles = { server: false, worker: false } } = options;
  fastify.decorate("qtasks", app);
  fastify.addHook("onReady", () => app.start(roles));
  fastify.addHook("onClose", () => app.stop());
};

// Fastify keeps what a plugin adds to that plugin, unless it is marked like this; the package fastify-plugin does the same.
export const qtasksPlugin = Object.assign(plugin, { [Symbol.for("skip-override")]: true });
