/**
 * Executes tasks of a QTasks server: plain functions on JSON or protobuf, and the methods of stock
 * gRPC servicers.
 *
 * <p>Start with {@link io.qtasks.client.worker.Worker}.
 */
package io.qtasks.client.worker;
