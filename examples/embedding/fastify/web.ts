/** The web server of this example: Fastify, the plugin, the routes. It is built here and started by main.ts. */
import { fastify, type FastifyInstance, type FastifyServerOptions } from "fastify";
import { sendError } from "./errors.ts";
import { app } from "./handlers.ts";
import { qtasksPlugin } from "./qtasks-plugin.ts";
import { routes } from "./routes.ts";

/** A server that calls tasks and runs none. */
export async function buildWeb(options: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const web = fastify(options);
  web.setErrorHandler(sendError);
  await web.register(qtasksPlugin, { app });
  await web.register(routes);
  return web;
}
