/**
 * Enqueues tasks of a QTasks server, awaits, watches and cancels them.
 *
 * <p>Start with {@link io.qtasks.client.QTasksClient}. Generated stubs of the user's own services
 * are called through {@link io.qtasks.client.DurableCalls}; tasks are executed by {@link
 * io.qtasks.client.worker.Worker}.
 */
package io.qtasks.client;
