/** Where reports take their figures from: a provider like any other, to be injected. */
import { setTimeout as sleep } from "node:timers/promises";
import { Injectable } from "@nestjs/common";

export interface Order {
  readonly day: number;
  readonly cents: number;
}

const DAYS = 10;
/** How long the database takes for a day. */
const DAY_MS = 30;

@Injectable()
export class Orders {
  /** Days that a month has here. */
  readonly days = DAYS;

  /** The orders of a day; stands in for a database. */
  async ofDay(month: string, day: number, signal: AbortSignal): Promise<Order[]> {
    await sleep(DAY_MS, undefined, { signal });
    const cents = Number(month.slice(-2)) * 100;
    return [
      { day, cents },
      { day, cents: cents + day },
    ];
  }
}
