/** Which web pages may call, and what their scripts may see. */
import { cors } from "@connectrpc/connect";

import { REASON_KEY, TASK_ID_KEY, TASK_STATE_KEY } from "../../core/call-keys.ts";
import { isLoopback } from "../address.ts";
import { CALL_KEYS } from "../durable/call-request.ts";

/** Whether pages of an origin, such as `https://tasks.example.com`, may call. */
export type AllowOrigin = (origin: string) => boolean;

const PREFLIGHT_MAX_AGE_S = "7200";
const ALLOWED_HEADERS = [...cors.allowedHeaders, "Authorization", ...CALL_KEYS].join(", ");
/** What a header's name is made of, and the commas between several. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~, -]{1,4096}$/;
const EXPOSED_HEADERS = [
  ...cors.exposedHeaders,
  REASON_KEY,
  ...[TASK_ID_KEY, TASK_STATE_KEY].flatMap((key) => [key, `trailer-${key}`]),
].join(", ");

/** The origins named, or all for `*`. @default every origin on this machine's loopback */
export function originFilter(origins: readonly string[] | undefined): AllowOrigin {
  if (origins === undefined) return isLoopbackOrigin;
  if (origins.includes("*")) return () => true;
  return (origin) => origins.includes(origin);
}

/** Response headers for a request from a page; none for other origins, so that browsers refuse. */
export function corsHeaders(
  origin: string | undefined,
  allow: AllowOrigin,
): Record<string, string> {
  if (origin === undefined || !allow(origin)) return { Vary: "Origin" };
  return {
    Vary: "Origin",
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers": EXPOSED_HEADERS,
  };
}

/**
 * What a preflight request is told beside {@link corsHeaders}. A page that may call may send any header: a task's handler gets those that
 * the service does not know.
 */
export function preflightHeaders(requested: string | undefined): Readonly<Record<string, string>> {
  const isList = requested !== undefined && HEADER_NAMES.test(requested);
  return {
    "Access-Control-Allow-Methods": cors.allowedMethods.join(", "),
    "Access-Control-Allow-Headers": isList ? requested : ALLOWED_HEADERS,
    "Access-Control-Max-Age": PREFLIGHT_MAX_AGE_S,
  };
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return isLoopback(hostname.replace(/^\[|\]$/g, ""));
}
