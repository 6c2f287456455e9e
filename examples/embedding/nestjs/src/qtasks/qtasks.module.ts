/** QTasks as a module of Nest: the app lives as long as the application, and runs the methods that are tasks. */
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from "@nestjs/common";
import { DiscoveryModule } from "@nestjs/core";
import { QueueTasks, type QueueTasksOptions, type Roles } from "qtasks";
import { TaskFinder } from "./task-finder.ts";
import { Tasks } from "./tasks.ts";

/** Options of {@link QTasksModule.forRoot}. */
export interface QTasksModuleOptions extends QueueTasksOptions {
  /** What of the app runs in this process. @default as `app.start` */
  readonly roles?: Roles;
}

const ROLES = Symbol("roles of the app");

@Module({})
export class QTasksModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly app: QueueTasks,
    private readonly finder: TaskFinder,
    @Inject(ROLES) private readonly roles: Roles,
  ) {}

  /** For the `imports` of the application's root module. {@link Tasks} can then be injected everywhere. */
  static forRoot({ roles = {}, ...options }: QTasksModuleOptions = {}): DynamicModule {
    return {
      module: QTasksModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        // By a factory: two applications made of one module have an app each.
        { provide: QueueTasks, useFactory: () => new QueueTasks(options) },
        { provide: ROLES, useValue: roles },
        TaskFinder,
        Tasks,
      ],
      exports: [Tasks],
    };
  }

  /** By now every provider has been made. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { init, handler } of this.finder.find()) this.app.task(init, handler);
    await this.app.start(this.roles);
  }

  /** Requests have been answered by now; handlers may finish within `graceMs`. */
  async onApplicationShutdown(): Promise<void> {
    await this.app.stop();
  }
}
