package io.qtasks.client.worker;

/**
 * A worker in a process of its own: sleeps as long as its tasks say. Arguments: address, task name.
 */
public final class SleepWorker {
  private SleepWorker() {}

  /** Says {@code ready} once it is registered, and {@code begun} with each task. */
  public static void main(String[] args) throws InterruptedException {
    var worker = Worker.builder(args[0]).build();
    worker.handle(
        args[1],
        Integer.class,
        (delayMs, attempt) -> {
          System.out.println("begun");
          Thread.sleep(delayMs);
          return new ProcessTest.Answer(attempt.attempt(), ProcessHandle.current().pid());
        });
    worker.start();
    System.out.println("ready");
    worker.runForever();
  }
}
