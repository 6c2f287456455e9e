package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.qtasks.api.v1.Outcome;
import io.qtasks.client.Payloads;
import io.qtasks.client.internal.Times;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for a gRPC server's call. The listener is called by one thread at a time, within a
 * context that has the attempt's deadline and is canceled with it; the method's {@code close},
 * whenever and wherever it comes, is the outcome.
 */
final class ServiceCall<Q, R> extends ServerCall<Q, R> {
  private static final Attributes ATTRIBUTES =
      Attributes.newBuilder()
          .set(
              Grpc.TRANSPORT_ATTR_REMOTE_ADDR,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .build();

  private final ServerMethodDefinition<Q, R> method;
  private final Attempt attempt;
  private final String outputType;
  private final Recorder recorder;
  private final SerialExecutor serial;
  private final Context.CancellableContext context;
  private volatile boolean cancelled;
  private volatile boolean waitsForRoom;
  // Guarded by this.
  private int requested;
  private ByteString response;
  private boolean closed;
  // Touched by the serial executor alone.
  private Listener<Q> listener;
  private Q undelivered;
  private boolean failed;

  ServiceCall(
      ServerMethodDefinition<Q, R> method, Attempt attempt, String outputType, RunParts parts) {
    this.method = method;
    this.attempt = attempt;
    this.outputType = outputType;
    this.recorder = parts.recorder();
    this.serial = new SerialExecutor(parts.threads());
    this.context = contextOf(attempt, parts);
  }

  /** Calls the method; this thread runs it as far as it goes. */
  void start(Q request) {
    undelivered = request;
    attempt.onAbort(this::abort);
    attempt.events.onRoom(this::becameReady);
    serial.executeHere(() -> guarded(this::open));
  }

  @Override
  public void request(int count) {
    synchronized (this) {
      requested += count;
    }
    serial.execute(() -> guarded(this::deliver));
  }

  @Override
  public void sendHeaders(Metadata headers) {
    // A task has no answer's metadata.
  }

  @Override
  public void sendMessage(R message) {
    ByteString bytes = encoded(message);
    if (!method.getMethodDescriptor().getType().serverSendsOneMessage()) output(bytes);
    else if (!keep(bytes))
      close(Status.INTERNAL.withDescription("Too many responses"), new Metadata());
  }

  @Override
  public boolean isReady() {
    boolean ready = !attempt.events.isFull() && !cancelled;
    waitsForRoom = !ready;
    return ready;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    synchronized (this) {
      if (closed) return;
      closed = true;
    }
    attempt.settle(endingOf(status, trailers));
    serial.execute(
        () -> {
          if (listener != null && !failed)
            guarded(cancelled ? listener::onCancel : listener::onComplete);
          context.cancel(null);
        });
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public MethodDescriptor<Q, R> getMethodDescriptor() {
    return method.getMethodDescriptor();
  }

  @Override
  public Attributes getAttributes() {
    return ATTRIBUTES;
  }

  @Override
  public String getAuthority() {
    return "qtasks";
  }

  private void open() {
    if (cancelled) return;
    listener = method.getServerCallHandler().startCall(this, CallMetadata.of(attempt));
    listener.onReady();
    deliver();
  }

  private void deliver() {
    synchronized (this) {
      if (listener == null || undelivered == null || requested == 0) return;
    }
    Q message = undelivered;
    undelivered = null;
    listener.onMessage(message);
    listener.onHalfClose();
  }

  private void becameReady() {
    if (!waitsForRoom) return;
    waitsForRoom = false;
    serial.execute(
        () ->
            guarded(
                () -> {
                  if (listener != null) listener.onReady();
                }));
  }

  private boolean keep(ByteString bytes) {
    synchronized (this) {
      if (response != null) return false;
      response = bytes;
      return true;
    }
  }

  private void output(ByteString bytes) {
    try {
      recorder.output(attempt, Payloads.message(bytes, outputType));
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED
          .withDescription("interrupted")
          .withCause(interrupt)
          .asRuntimeException();
    } catch (AttemptAbortedException aborted) {
      throw Status.CANCELLED.withDescription(aborted.getMessage()).asRuntimeException();
    }
  }

  private Outcome endingOf(Status status, Metadata trailers) {
    if (!status.isOk()) {
      if (attempt.aborted() != null) return Endings.of(attempt.aborted(), attempt);
      return Endings.failure(StatusFailures.of(status, trailers));
    }
    if (!method.getMethodDescriptor().getType().serverSendsOneMessage()) return Endings.success();
    synchronized (this) {
      if (response != null) return Endings.success(Payloads.message(response, outputType));
    }
    Status missing = Status.INTERNAL.withDescription("the method completed without a response");
    return Endings.failure(StatusFailures.of(missing, null));
  }

  /**
   * Cancels as a gRPC server does: the context at once, the listener when it is free. A method that
   * returns after it has stopped.
   */
  private void abort() {
    cancelled = true;
    context.cancel(attempt.aborted());
    serial.execute(
        () -> {
          if (!settleAborted()) return;
          if (listener != null && !failed) guarded(listener::onCancel);
        });
  }

  /** False where the method had ended. */
  private boolean settleAborted() {
    synchronized (this) {
      if (closed) return false;
      closed = true;
    }
    attempt.settle(Endings.of(attempt.aborted(), attempt));
    return true;
  }

  private void guarded(Runnable work) {
    if (failed) return;
    Context previous = context.attach();
    try {
      work.run();
    } catch (Throwable thrown) {
      fail(thrown);
    } finally {
      context.detach(previous);
    }
  }

  private void fail(Throwable thrown) {
    failed = true;
    synchronized (this) {
      if (closed) {
        Log.warn(attempt, "a method threw after its end: " + thrown);
        return;
      }
      closed = true;
    }
    boolean isOurs =
        thrown instanceof TaskException
            || thrown instanceof SnoozeException
            || attempt.aborted() != null;
    attempt.settle(
        isOurs ? Endings.of(thrown, attempt) : Endings.failure(StatusFailures.of(thrown)));
    context.cancel(thrown);
  }

  private ByteString encoded(R message) {
    try (InputStream bytes = method.getMethodDescriptor().streamResponse(message)) {
      return ByteString.readFrom(bytes);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static Context.CancellableContext contextOf(Attempt attempt, RunParts parts) {
    Context base = Context.ROOT.withValue(AttemptContext.KEY, parts.contextOf(attempt));
    if (!attempt.leased.hasAttemptTtl()) return base.withCancellation();
    long nanos = Times.of(attempt.leased.getAttemptTtl()).toNanos();
    return base.withDeadline(Deadline.after(nanos, TimeUnit.NANOSECONDS), parts.timer().executor());
  }
}
