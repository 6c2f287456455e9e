/** The tasks of this example: methods of a provider, with what is injected there. */
import { Injectable } from "@nestjs/common";
import { TerminalError, type HandlerContext } from "qtasks";
import { Task } from "../qtasks/task.decorator.ts";
import { Orders } from "./orders.ts";

/** The task's name, for those who call it. */
export const RENDER = "reports.render";

export interface ReportInput {
  /** As in `2026-04`. */
  readonly month: string;
}

export interface Report extends ReportInput {
  readonly orders: number;
  readonly cents: number;
}

@Injectable()
export class ReportTasks {
  constructor(private readonly orders: Orders) {}

  @Task({ name: RENDER, retry: { maxAttempts: 3 } })
  async render({ month }: ReportInput, { progress, signal }: HandlerContext): Promise<Report> {
    if (month.startsWith("19"))
      throw new TerminalError(`${month} is before the first order`, { code: "OUT_OF_RANGE" });
    const report = { month, orders: 0, cents: 0 };
    for (let day = 1; day <= this.orders.days; day++) {
      const orders = await this.orders.ofDay(month, day, signal);
      report.orders += orders.length;
      report.cents += orders.reduce((sum, { cents }) => sum + cents, 0);
      progress(day, this.orders.days, month);
    }
    return report;
  }
}
