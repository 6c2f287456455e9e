package io.qtasks.client.worker;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Runs something on SIGTERM and SIGINT instead of the end of the process, until closed. */
final class Signals implements AutoCloseable {
  private record Replaced(Signal signal, SignalHandler handler) {}

  private final List<Replaced> replaced = new ArrayList<>();

  Signals(Runnable onSignal) {
    for (String name : List.of("TERM", "INT")) {
      var signal = new Signal(name);
      replaced.add(new Replaced(signal, Signal.handle(signal, caught -> onSignal.run())));
    }
  }

  @Override
  public void close() {
    for (Replaced each : replaced) Signal.handle(each.signal, each.handler);
  }
}
