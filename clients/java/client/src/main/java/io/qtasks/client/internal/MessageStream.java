package io.qtasks.client.internal;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The answers of a server-streaming call, taken one by one by whoever waits for them. */
public final class MessageStream<Q, R> implements AutoCloseable {
  /** Messages that are asked for before they are taken. */
  private static final int AHEAD = 32;

  /** The end of the stream, as it lies in the queue behind the messages. */
  private record End(Status status, Metadata trailers) {}

  private final ClientCall<Q, R> call;
  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();

  public MessageStream(ClientCall<Q, R> call, Q request) {
    this.call = call;
    call.start(new Listener(), new Metadata());
    call.request(AHEAD);
    call.sendMessage(request);
    call.halfClose();
  }

  /**
   * The next message; null at the stream's end. DEADLINE_EXCEEDED after so long without any; throws
   * how it ended.
   */
  @SuppressWarnings("unchecked")
  public R next(long silenceMs) throws InterruptedException {
    Object item = arrived.poll(silenceMs, TimeUnit.MILLISECONDS);
    if (item == null)
      throw Status.DEADLINE_EXCEEDED.withDescription("the stream is silent").asRuntimeException();
    if (item instanceof End end) {
      arrived.add(end);
      if (end.status.isOk()) return null;
      throw end.status.asRuntimeException(end.trailers);
    }
    call.request(1);
    return (R) item;
  }

  @Override
  public void close() {
    call.cancel("no longer read", null);
  }

  private final class Listener extends ClientCall.Listener<R> {
    @Override
    public void onMessage(R message) {
      arrived.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      arrived.add(new End(status, trailers));
    }
  }
}
