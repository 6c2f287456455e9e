package io.qtasks.client.worker;

import io.qtasks.client.internal.Timer;
import java.util.concurrent.Executor;

/** What the handlers of one run of a worker work with. */
record RunParts(Executor threads, Timer timer, Recorder recorder, Session session) {
  AttemptContext contextOf(Attempt attempt) {
    return new AttemptContext(attempt, recorder, new Children(attempt, session));
  }
}
