/** A place in the order of lists (createdAt, then id, both descending): what comes after it follows. */
export interface Cursor {
  readonly createdAt: number;
  readonly id: string;
}
