/**
 * The Nest application. It is compiled, and imports the package by its name, as yours would; in this checkout:
 *
 *     npm run build && npx tsc -p examples/embedding/nestjs/tsconfig.build.json
 *     node examples/embedding/nestjs/dist/main.js
 *
 * PORT (3000) is where it listens; QTASKS_URL (sqlite:./qtasks.db), QTASKS_GRPC and QTASKS_HTTP are the options of QTasks.
 */
import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.ts";

const app = await NestFactory.create(AppModule, { logger: ["warn", "error"] });
// The program wants SIGTERM and SIGINT to end it in order. Nest's doing, not QTasks'.
app.enableShutdownHooks();
try {
  await app.listen(process.env["PORT"] ?? "3000", "127.0.0.1");
  console.log(`web: ${await app.getUrl()}`);
} catch (error) {
  await app.close();
  throw error;
}
