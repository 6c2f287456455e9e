/** How long a caller waits for the acknowledgement of an enqueue. */
export { bounded } from "../core/bounded.ts";
