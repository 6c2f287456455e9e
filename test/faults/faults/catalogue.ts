/** Every fault that the suite knows. */
import { jumpClock } from "./clock.ts";
import { crowd } from "./crowd.ts";
import { freezeRedis, fullDisk, lockedFile, restartRedis } from "./datastores.ts";
import type { Fault } from "./fault.ts";
import { NETWORK_FAULTS } from "./network.ts";
import { poison } from "./poison.ts";
import { freezeServer, freezeWorker, killServer, killWorker } from "./processes.ts";

export const FAULTS: readonly Fault[] = [
  killWorker,
  freezeWorker,
  killServer,
  freezeServer,
  ...NETWORK_FAULTS,
  restartRedis,
  freezeRedis,
  fullDisk,
  lockedFile,
  jumpClock,
  poison,
  crowd,
];

/**
 * The faults that are asked for: by name, or by a part of it, such as `kill` or `redis`. Throws for a word that means
 * none.
 */
export function faultsNamed(words: readonly string[]): readonly Fault[] {
  if (words.length === 0) return FAULTS;
  for (const word of words) {
    if (FAULTS.some((fault) => isMeant(fault, word))) continue;
    const known = FAULTS.map(({ name }) => name).join(", ");
    throw new Error(`--faults: no fault ${word}; there are ${known}`);
  }
  return FAULTS.filter((fault) => words.some((word) => isMeant(fault, word)));
}

function isMeant({ name }: Fault, word: string): boolean {
  return name === word || name.endsWith(`-${word}`) || name.startsWith(`${word}-`);
}
