/** What a test of the backend suite gets, and how it is set up. */
import { test } from "node:test";
import { DEFAULT_TIMINGS } from "../../../src/core/limits.ts";
import type { Backend } from "../../../src/pipeline/backend.ts";
import { ComposedBackend } from "../../../src/pipeline/composed-backend.ts";
import { JointBackend } from "../../../src/pipeline/joint-backend.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { twiceBroker, twiceJoint, twiceStorage } from "../../../src/testing/contract/twice.ts";
import { clearPlace, openParts, type Parts, type Place, type PlaceSetup } from "./places.ts";
import { StrictLogger } from "./strict-logger.ts";
import { twiceBackend } from "./twice-backend.ts";

export interface BackendStage {
  /** Calls every method twice; so do the storage and the broker below it. */
  readonly backend: Backend;
  /** The backend itself, over parts that call every method twice. */
  readonly once: Backend;
  readonly place: Place;
  /** All that was created or written waits where hand-outs take it from. */
  readonly settled: () => Promise<void>;
}

export type DeclareBackend = (title: string, body: (stage: BackendStage) => Promise<void>) => void;

// The suite looks at the steps of the protocol alone: no sweep comes in between.
const TIMINGS = { ...DEFAULT_TIMINGS, reconcileIntervalMs: 3_600_000 };

/** A {@link DeclareBackend} over a fresh place for each test. Warnings fail it. */
export function declareBackend(setup: PlaceSetup): DeclareBackend {
  return (title, body) => {
    test(title, async () => {
      const place = await setup();
      const strict = new StrictLogger();
      const parts = openParts(place);
      const storage = "joint" in parts ? parts.joint : parts.storage;
      const once = openBackend(parts, strict);
      try {
        await once.start();
        if (place.kind === "composed") await untilReconciled(storage);
        const settled = (): Promise<void> => untilPublished(storage);
        await body({ backend: twiceBackend(once), once, place, settled });
      } finally {
        await once.stop();
        await clearPlace(place);
      }
      strict.assertCalm();
    });
  };
}

function openBackend(parts: Parts, { logger }: StrictLogger): Backend {
  if ("joint" in parts) return new JointBackend(twiceJoint(parts.joint));
  const { storage, broker } = parts;
  return new ComposedBackend(twiceStorage(storage), twiceBroker(broker), TIMINGS, logger);
}

/** An intent is dropped once its publish came through; joint backends note none. */
async function untilPublished(storage: Storage): Promise<void> {
  await eventually("the publish of what is waiting", async () => {
    const noted = await storage.intents({ minAgeMs: 0, limit: 1 });
    return noted.length === 0 ? true : undefined;
  });
}

/** The reconciler's first sweep is over: what comes after is not found by it. */
export async function untilReconciled(storage: Storage): Promise<void> {
  const keys = [{ kind: "epoch", key: "broker" }];
  await eventually("the first sweep", async () => (await storage.documents.get({ keys }))[0]);
}
