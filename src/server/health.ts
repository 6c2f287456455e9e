/** grpc.health.v1: whether this server, and each of its services, takes calls. */
import { setTimeout as sleep } from "node:timers/promises";

import {
  HealthCheckResponse_ServingStatus as Status,
  Health as HealthService,
} from "../../gen/grpc/health/v1/health_pb.ts";
import { QTasksError } from "../core/errors.ts";
import type { Catalog } from "./catalog.ts";
import type { Readiness } from "./readiness.ts";
import { defineService, type CallContext, type ServiceDefinition } from "./service.ts";

/** How often a watched status is looked at, in ms. */
const WATCH_INTERVAL_MS = 5_000;

/** The health service. All services are as ready as the server is, and none serves in a drain. */
export function healthService(catalog: Catalog, readiness: Readiness): ServiceDefinition {
  const now = async () => {
    const { ready } = await readiness.report();
    return ready ? Status.SERVING : Status.NOT_SERVING;
  };
  const known = (service: string) => service === "" || catalog.has(service);
  return defineService(HealthService, {
    check: async ({ service }) => {
      if (!known(service)) throw serviceNotFound(service);
      return { status: await now() };
    },
    list: async () => {
      const status = await now();
      const names = ["", ...catalog.serviceNames];
      return { statuses: Object.fromEntries(names.map((name) => [name, { status }])) };
    },
    watch: async function* ({ service }, context) {
      let last: Status | undefined;
      do {
        const status = known(service) ? await now() : Status.SERVICE_UNKNOWN;
        if (status !== last) yield { status };
        last = status;
      } while (await nextLook(context));
    },
  });
}

/** False once the drain has been told to the watcher. */
async function nextLook({ signal, draining, parked }: CallContext): Promise<boolean> {
  if (signal.aborted || draining.aborted) return false;
  return sleep(WATCH_INTERVAL_MS, true, { signal: parked, ref: false }).catch(
    () => !signal.aborted,
  );
}

function serviceNotFound(service: string): QTasksError {
  return new QTasksError("SERVICE_NOT_FOUND", `this server has no service ${service}`, {
    metadata: { service },
  });
}
