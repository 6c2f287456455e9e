package io.qtasks.conformance;

import com.google.gson.JsonObject;
import java.util.Arrays;

/**
 * The conformance program: {@code worker}, {@code client NAME} or {@code bench COUNT}, as
 * clients/conformance/README.md says.
 */
public final class Main {
  private Main() {}

  /** Plays its part; exits with 0, or with 1 and a word on stderr. */
  public static void main(String[] args) throws Exception {
    try {
      play(args);
    } catch (Exception | AssertionError error) {
      error.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  static String address() {
    String address = System.getenv("QTASKS_ADDRESS");
    if (address == null) throw new IllegalArgumentException("QTASKS_ADDRESS must be HOST:PORT");
    return address;
  }

  static int slots() {
    return Integer.parseInt(System.getenv().getOrDefault("CONFORMANCE_SLOTS", "100"));
  }

  private static void play(String[] args) throws Exception {
    switch (String.join(" ", Arrays.copyOf(args, Math.min(1, args.length)))) {
      case "worker" -> runWorker();
      case "client" -> print(Scenarios.play(args[1]));
      case "bench" -> print(Bench.run(Integer.parseInt(args[1])));
      default -> throw new IllegalArgumentException("expected worker, client NAME or bench COUNT");
    }
  }

  private static void runWorker() throws InterruptedException {
    var worker = Tasks.worker(address(), slots());
    worker.start();
    System.out.println("ready");
    worker.runForever();
  }

  private static void print(JsonObject facts) {
    System.out.println(facts);
  }
}
