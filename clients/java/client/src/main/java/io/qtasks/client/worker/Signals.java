package io.qtasks.client.worker;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs something on SIGTERM and SIGINT instead of the end of the process, until closed. By
 * reflection, since the class for it (of the module jdk.unsupported, which every JDK has) can't be
 * named without a warning.
 */
final class Signals implements AutoCloseable {
  private record Replaced(Object signal, Object handler) {}

  private final List<Replaced> replaced = new ArrayList<>();

  Signals(Runnable onSignal) {
    try {
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, args) -> {
                if (method.getName().equals("handle")) onSignal.run();
                return null;
              });
      for (String name : List.of("TERM", "INT")) replace(name, handler);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(
          "this Java runtime hands no signals over: use start() and close()", error);
    }
  }

  @Override
  public void close() {
    try {
      for (Replaced each : replaced) handle(each.signal, each.handler);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }

  private void replace(String name, Object handler) throws ReflectiveOperationException {
    Object signal = Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
    replaced.add(new Replaced(signal, handle(signal, handler)));
  }

  /** Sets the signal's handler; gives the one before. */
  private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    Method handle =
        signal
            .getClass()
            .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"));
    return handle.invoke(null, signal, handler);
  }
}
