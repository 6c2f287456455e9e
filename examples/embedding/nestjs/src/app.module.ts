/** The application: QTasks, and the reports that use it. */
import { Module } from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { QTasksErrorFilter } from "./qtasks/errors.filter.ts";
import { QTasksModule } from "./qtasks/qtasks.module.ts";
import { Orders } from "./reports/orders.ts";
import { ReportTasks } from "./reports/report.tasks.ts";
import { ReportsController } from "./reports/reports.controller.ts";

@Module({
  // Server and worker in this process. With `server: "HOST:50051"` it would work for a task server elsewhere.
  imports: [QTasksModule.forRoot({ roles: { server: true, worker: true } })],
  controllers: [ReportsController],
  providers: [Orders, ReportTasks, { provide: APP_FILTER, useClass: QTasksErrorFilter }],
})
export class AppModule {}
