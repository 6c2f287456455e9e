/** All queues, page by page. */
import type { AdminService, Queue } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import type { ServiceCalls } from "../../core/calls.ts";

const PAGE_SIZE = 1_000;
/** Prometheus itself gives a scrape 10 s by default. */
const TIMEOUT_MS = 5_000;

export async function readQueues(admin: ServiceCalls<typeof AdminService>): Promise<Queue[]> {
  const all: Queue[] = [];
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let pageToken = "";
  do {
    const page = await admin.listQueues(
      { pageSize: PAGE_SIZE, pageToken },
      { timeoutMs: TIMEOUT_MS, signal },
    );
    all.push(...page.queues);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return all;
}
