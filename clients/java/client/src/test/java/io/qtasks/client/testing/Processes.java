package io.qtasks.client.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process whose output is read for a line that says something. */
public final class Processes implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final StringBuilder seen = new StringBuilder();

  private Processes(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /** Starts it; both of its outputs are read as one. It does not outlive this JVM. */
  public static Processes start(ProcessBuilder builder) {
    try {
      var started = new Processes(builder.redirectErrorStream(true).start());
      Runtime.getRuntime().addShutdownHook(new Thread(started.process::destroyForcibly));
      return started;
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Waits for a line that the pattern is found in; what comes after it is read away. */
  public Matcher awaitLine(String pattern) {
    try {
      return CompletableFuture.supplyAsync(() -> find(Pattern.compile(pattern)))
          .get(30, TimeUnit.SECONDS);
    } catch (Exception error) {
      throw new AssertionError("no line with " + pattern + " in:\n" + seen, error);
    }
  }

  /** Reads on, so that the process never waits for a reader. */
  public Processes readAway() {
    Thread reader = new Thread(() -> output.lines().forEach(line -> {}));
    reader.setDaemon(true);
    reader.start();
    return this;
  }

  public long pid() {
    return process.pid();
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS))
      throw new AssertionError("the process does not end");
    return process.exitValue();
  }

  /** SIGKILL, waited for. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private Matcher find(Pattern pattern) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        seen.append(line).append('\n');
        Matcher match = pattern.matcher(line);
        if (match.find()) return match;
      }
      throw new AssertionError("the process has ended");
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
