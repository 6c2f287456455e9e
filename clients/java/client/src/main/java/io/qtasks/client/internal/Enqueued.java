package io.qtasks.client.internal;

/** What became of an enqueue: the new task, or the one that the task id or the unique key found. */
public record Enqueued(String taskId, boolean created) {}
