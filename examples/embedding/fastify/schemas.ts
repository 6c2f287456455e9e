/** What the routes accept, as Fastify checks it, and the types of it. */
import type { QuoteInput } from "./handlers.ts";

const waitMs = { type: "integer", minimum: 0, maximum: 60_000 };
const taskId = { type: "string", minLength: 1, maxLength: 128, pattern: "^[!-z|~]+$" };

/** POST /quotes */
export interface PostQuote {
  readonly Body: QuoteInput;
  readonly Querystring: {
    /** How long the answer may take, in ms; a task that needs more is answered with 202. */
    readonly waitMs: number;
    /** What becomes of the task when the client closes its connection. */
    readonly onDisconnect: "continue" | "cancel";
  };
  readonly Headers: {
    /** Becomes the task's id: the same request again finds the same task. */
    readonly "idempotency-key"?: string;
  };
}

export const postQuote = {
  body: {
    type: "object",
    required: ["items"],
    additionalProperties: false,
    properties: {
      items: { type: "array", minItems: 1, maxItems: 1000, items: { type: "string" } },
    },
  },
  querystring: {
    type: "object",
    properties: {
      waitMs: { ...waitMs, default: 5_000 },
      onDisconnect: { type: "string", enum: ["continue", "cancel"], default: "continue" },
    },
  },
  headers: { type: "object", properties: { "idempotency-key": taskId } },
};

/** GET /tasks/:id */
export interface GetTask {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly waitMs: number };
}

export const getTask = {
  params: { type: "object", properties: { id: taskId } },
  querystring: { type: "object", properties: { waitMs: { ...waitMs, default: 0 } } },
};
