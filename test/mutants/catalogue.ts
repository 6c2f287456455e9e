/** All mutants. What the suite does not find of them is a hole in it. */
import { ATTEMPTS } from "./catalogue/attempts.ts";
import { PAIRS } from "./catalogue/pairs.ts";
import { RECORDS } from "./catalogue/records.ts";
import { WAKING } from "./catalogue/waking.ts";
import type { Mutant } from "./mutant.ts";

export const MUTANTS: readonly Mutant[] = [...ATTEMPTS, ...PAIRS, ...WAKING, ...RECORDS];
