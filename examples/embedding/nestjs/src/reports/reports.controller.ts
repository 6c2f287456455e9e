/** Routes that enqueue a report and ask for it. */
import { BadRequestException, Body, Controller, Get, HttpCode, Param, Post } from "@nestjs/common";
import { Tasks } from "../qtasks/tasks.ts";
import { RENDER, type Report, type ReportInput } from "./report.tasks.ts";

/** How long an answer may take; a report that needs more is answered with 202. */
const WAIT_MS = 2_000;

@Controller("reports")
export class ReportsController {
  constructor(private readonly tasks: Tasks) {}

  @Post()
  @HttpCode(202)
  async create(@Body() body: unknown): Promise<{ taskId: string; link: string }> {
    const { id } = await this.tasks.enqueue<Report>(RENDER, reportInput(body));
    return { taskId: id, link: `/reports/${id}` };
  }

  @Get(":id")
  async read(@Param("id") id: string): Promise<Report> {
    return (await this.tasks.handle<Report>(id)).result({ timeoutMs: WAIT_MS });
  }
}

function reportInput(body: unknown): ReportInput {
  const month = (body as Partial<ReportInput> | undefined)?.month;
  if (typeof month === "string" && /^\d{4}-\d{2}$/.test(month)) return { month };
  const fields = [{ field: "month", description: "expected YYYY-MM" }];
  throw new BadRequestException({ error: "FIELD_VIOLATION", fields });
}
