/** The order in which plugins and middlewares apply. */
import { QTasksError } from "../core/errors.ts";

/** A place among others; without a name nothing can refer to it. */
export interface Order {
  readonly name?: string | undefined;
  readonly before?: readonly string[] | undefined;
  readonly after?: readonly string[] | undefined;
}

/**
 * In the order given, but for what `before` and `after` say. Names that are not there are passed over. CONFIG_INVALID
 * naming those that each wait for another.
 */
export function inOrder<T>(items: readonly T[], orderOf: (item: T) => Order): T[] {
  const left = items.map((item) => ({ item, order: orderOf(item) }));
  const placed: T[] = [];
  while (left.length > 0) {
    const at = left.findIndex(({ order }) => !left.some((other) => precedes(other.order, order)));
    if (at === -1) throw circular(left.map(({ order }) => order));
    placed.push(...left.splice(at, 1).map(({ item }) => item));
  }
  return placed;
}

function precedes(one: Order, other: Order): boolean {
  if (one === other) return false;
  return refersTo(one.before, other) || refersTo(other.after, one);
}

function refersTo(names: readonly string[] | undefined, { name }: Order): boolean {
  return name !== undefined && names?.includes(name) === true;
}

function circular(orders: readonly Order[]): QTasksError {
  const names = orders.flatMap(({ name }) => name ?? []);
  return new QTasksError(
    "CONFIG_INVALID",
    `the plugins ${names.join(", ")} can't be put in order: each is to come before another of them`,
  );
}
