package io.qtasks.client.worker;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.qtasks.api.v1.TaskDefinition;
import io.qtasks.client.Endpoint;
import io.qtasks.client.QTasksException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * Executes tasks: plain functions ({@link #handle}) and stock gRPC servicers ({@link #addService}).
 * It survives restarts of the server: it goes on with what it holds and registers again. Safe to
 * share among threads; after a stop it can be started anew.
 *
 * <p>Its threads are daemons: keep the program alive by {@link #runForever} or otherwise.
 */
public final class Worker implements AutoCloseable {
  private final WorkerOptions options;
  private final Registry registry = new Registry();
  // Guarded by this.
  private WorkerRun run;
  private Thread starter;
  private boolean running;
  private CountDownLatch stopped = new CountDownLatch(0);

  private Worker(Builder builder) {
    options = new WorkerOptions(builder);
  }

  /**
   * A worker of a server in clear text.
   *
   * @param address {@code HOST:PORT}
   * @return a builder
   */
  public static Builder builder(String address) {
    return builder(Endpoint.of(address));
  }

  /**
   * A worker of a server with a token or TLS.
   *
   * @param endpoint where the server is
   * @return a builder
   */
  public static Builder builder(Endpoint endpoint) {
    return new Builder(endpoint);
  }

  /**
   * Executes tasks of a name by a plain function. A worker that runs tells the server.
   *
   * @param name the task's name, such as {@code mail.send}
   * @param input what the input is read as: see {@code Payloads.decode}
   * @param handler the function
   * @param <I> the type of the input
   * @param <O> the type of the result
   * @return this worker
   * @throws IllegalArgumentException where the name has a handler
   */
  public <I, O> Worker handle(String name, Class<I> input, Handler<I, O> handler) {
    return handle(name, input, HandlerOptions.DEFAULTS, handler);
  }

  /**
   * As {@link #handle(String, Class, Handler)}, with what the server is told of the task.
   *
   * @param name the task's name
   * @param input what the input is read as
   * @param options description, queue, retries and so on
   * @param handler the function
   * @param <I> the type of the input
   * @param <O> the type of the result
   * @return this worker
   * @throws IllegalArgumentException where the name has a handler
   */
  public <I, O> Worker handle(
      String name, Class<I> input, HandlerOptions options, Handler<I, O> handler) {
    var definition =
        TaskDefinition.newBuilder()
            .setName(name)
            .setDescription(options.description())
            .setStreaming(options.streaming())
            .setOptions(options.options());
    registry.add(new Registration(definition.build(), new PlainTask<>(input, handler)));
    return changed();
  }

  /**
   * Executes the methods of a stock servicer, unchanged: each unary or server-streaming method
   * {@code pkg.Service/Method} is a task of that name. Methods that stream requests are left out.
   * What a method ends its call with is the outcome; a status other than OK is a failure with its
   * code, message and details, and the server decides on retries.
   *
   * @param service the servicer, as it would be added to a gRPC server
   * @return this worker
   * @throws IllegalArgumentException where one of the names has a handler
   */
  public Worker addService(BindableService service) {
    return addService(service.bindService());
  }

  /**
   * As {@link #addService(BindableService)}, for a service with interceptors.
   *
   * @param service as {@code ServerInterceptors.intercept} gives it
   * @return this worker
   * @throws IllegalArgumentException where one of the names has a handler
   */
  public Worker addService(ServerServiceDefinition service) {
    ServiceRegistrations.add(service, registry);
    return changed();
  }

  /**
   * Registers and begins to take tasks. Waits while the server is away. Does nothing where it runs.
   *
   * @return this worker
   * @throws QTasksException where the server refuses the worker; CALL_CANCELED where {@link #close}
   *     comes first
   */
  public Worker start() {
    WorkerRun started;
    synchronized (this) {
      if (run != null) return this;
      run = started = new WorkerRun(options, registry, this::drain);
      starter = Thread.currentThread();
      stopped = new CountDownLatch(1);
    }
    try {
      started.start();
      begun();
    } catch (RuntimeException error) {
      started.close();
      ended();
      throw error;
    }
    return this;
  }

  /**
   * Starts, and runs until SIGTERM, SIGINT, {@link #close}, or an operator's drain; then lets
   * handlers finish and returns. The program's own handling of the two signals is back afterwards.
   *
   * @throws QTasksException where the server refuses the worker
   * @throws InterruptedException where this thread is interrupted; the worker runs on
   */
  public void runForever() throws InterruptedException {
    var signals = new Signals(this::drain);
    try {
      start();
      awaitStopped();
    } catch (QTasksException error) {
      if (!error.reason().equals("CALL_CANCELED")) throw error;
    } finally {
      signals.close();
    }
  }

  /**
   * Waits until the worker has stopped, by {@link #close} or because an operator drained it.
   *
   * @throws InterruptedException where this thread is interrupted
   */
  public void awaitStopped() throws InterruptedException {
    CountDownLatch latch;
    synchronized (this) {
      latch = stopped;
    }
    latch.await();
  }

  /**
   * Attempts that the worker holds: those that run and those whose outcome is not recorded yet.
   *
   * @return 0 where it does not run
   */
  public synchronized int held() {
    return run == null ? 0 : run.held();
  }

  /**
   * The id of the worker's session at the server.
   *
   * @return new for each start; empty where it does not run
   */
  public synchronized String sessionId() {
    return run == null ? "" : run.sessionId();
  }

  /**
   * Takes nothing more, lets handlers finish within the grace, gives back the rest uncounted, and
   * ends the session. Harmless when repeated, also before the start.
   */
  @Override
  public void close() {
    WorkerRun ending;
    boolean wasRunning;
    synchronized (this) {
      ending = run;
      wasRunning = running;
      running = false;
      if (starter != null) starter.interrupt();
    }
    if (ending == null) return;
    if (!wasRunning) awaitEnd(ending);
    else stop(ending);
  }

  private void stop(WorkerRun ending) {
    try {
      ending.stop(options.grace);
    } catch (InterruptedException interrupt) {
      ending.close();
      Thread.currentThread().interrupt();
    } finally {
      ended();
    }
  }

  /** Someone else ends it, or it has not begun. */
  private void awaitEnd(WorkerRun ending) {
    try {
      awaitStopped();
    } catch (InterruptedException interrupt) {
      ending.close();
      Thread.currentThread().interrupt();
    }
  }

  private void drain() {
    Thread thread = new Thread(this::close, "qtasks-drain");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void begun() {
    starter = null;
    running = true;
  }

  private synchronized void ended() {
    // The interrupt of a close that ended the start is not the caller's.
    if (starter == Thread.currentThread()) Thread.interrupted();
    starter = null;
    running = false;
    run = null;
    stopped.countDown();
  }

  private Worker changed() {
    WorkerRun current;
    synchronized (this) {
      current = running ? run : null;
    }
    if (current != null) current.registerAgain();
    return this;
  }

  /** Collects what a {@link Worker} is made of. */
  public static final class Builder {
    final Endpoint endpoint;
    int slots = 100;
    Duration grace = Duration.ofSeconds(25);
    List<String> queues = List.of();
    Map<String, String> labels = Map.of();
    String workerId = Identity.workerId();
    String buildId = "";
    Executor executor;

    private Builder(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /**
     * Attempts that it runs at once. Default 100.
     *
     * @param slots 1 to 10,000
     * @return this builder
     */
    public Builder slots(int slots) {
      this.slots = slots;
      return this;
    }

    /**
     * How long handlers have to finish when the worker stops. Default 25 s.
     *
     * @param grace 0 or more
     * @return this builder
     */
    public Builder grace(Duration grace) {
      this.grace = grace;
      return this;
    }

    /**
     * Queues that it takes from. Default: those of its tasks.
     *
     * @param queues their names
     * @return this builder
     */
    public Builder queues(String... queues) {
      this.queues = List.of(queues);
      return this;
    }

    /**
     * Words for people, shown with the worker.
     *
     * @param labels by name
     * @return this builder
     */
    public Builder labels(Map<String, String> labels) {
      this.labels = labels;
      return this;
    }

    /**
     * What the worker is called. Default: host, process id and something random.
     *
     * @param workerId for people
     * @return this builder
     */
    public Builder workerId(String workerId) {
      this.workerId = workerId;
      return this;
    }

    /**
     * Version of the worker's code.
     *
     * @param buildId for people
     * @return this builder
     */
    public Builder buildId(String buildId) {
      this.buildId = buildId;
      return this;
    }

    /**
     * What handlers run in, such as one of virtual threads. It must run as many at once as there
     * are slots, on threads other than those that hand over, and is not shut down by the worker.
     * Default: a pool of the worker's own.
     *
     * @param executor runs handlers
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Checks what was set. Nothing is sent before {@link Worker#start}.
     *
     * @return the worker
     * @throws IllegalArgumentException where an option is out of its range
     */
    public Worker build() {
      return new Worker(this);
    }
  }
}
