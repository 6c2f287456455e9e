/** The routes of this example: enqueue, look, watch, cancel. They are made here and served by main.ts. */
import express, { type Express } from "express";
import { QTasksError, type QueueTasks } from "../../../src/index.ts";
import { sendError } from "./errors.ts";
import { sendEvents } from "./events.ts";
import { writeExport, type ExportInput } from "./handlers.ts";
import { taskBody } from "./task-body.ts";

const MAX_ROWS = 1_000_000;

/** Routes on an app that somebody else starts and stops. `closing` ends the streams of events. */
export function buildWeb(app: QueueTasks, closing: AbortSignal): Express {
  const web = express();
  web.use(express.json());

  web.post("/exports", async (request, response) => {
    const { id } = await writeExport.enqueue(exportInput(request.body));
    const link = `/tasks/${id}`;
    response
      .status(202)
      .location(link)
      .json({ taskId: id, link, events: `${link}/events` });
  });

  web.get("/tasks/:id", async (request, response) => {
    response.json(taskBody(await (await app.client()).get(request.params.id)));
  });

  web.get("/tasks/:id/events", async (request, response) => {
    await sendEvents(response, (await app.client()).handle(request.params.id), closing);
  });

  web.delete("/tasks/:id", async (request, response) => {
    const client = await app.client();
    const task = await client.cancel(request.params.id, { reason: "asked for over HTTP" });
    response.status(202).json(taskBody(task));
  });

  web.use(sendError);
  return web;
}

function exportInput(body: unknown): ExportInput {
  const rows = (body as Partial<ExportInput> | undefined)?.rows;
  if (Number.isInteger(rows) && rows! > 0 && rows! <= MAX_ROWS) return { rows: rows! };
  const description = `expected a whole number from 1 to ${MAX_ROWS}, not ${JSON.stringify(rows)}`;
  throw new QTasksError("FIELD_VIOLATION", `rows: ${description}`, {
    fields: [{ field: "rows", description }],
  });
}
