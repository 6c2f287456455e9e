/** The works, in the order in which they are done. W6, workers over gRPC in each language, comes with their clients. */
export const WORK_IDS = ["W1", "W2", "W3", "W4", "W5", "W7", "W8", "W9", "W10"] as const;
export type WorkId = (typeof WORK_IDS)[number];
