package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

const (
	benchBatch   = 500
	benchSenders = 4
	benchSlots   = 1000
)

// bench measures enqueues with no worker up, then a worker from its start to the last recorded outcome.
func bench(client *qtasks.Client, countText string) error {
	count, err := strconv.Atoi(countText)
	if err != nil || count < 1 {
		return fmt.Errorf("bench: expected a count from 1, not %q", countText)
	}
	ctx := context.Background()
	worker, done := benchWorker(client, count)
	if err := worker.Define(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := enqueueAll(ctx, client, count); err != nil {
		return err
	}
	enqueueRate := float64(count) / time.Since(began).Seconds()
	began = time.Now()
	if err := worker.Start(ctx); err != nil {
		return err
	}
	<-done
	// The stop waits until the outcomes are recorded.
	worker.Stop()
	taskRate := float64(count) / time.Since(began).Seconds()
	return printJSON(map[string]any{
		"batch": benchBatch, "enqueue_per_second": int(enqueueRate), "tasks_per_second": int(taskRate),
	})
}

// enqueueAll has a few senders, so that a batch is made while others are under way.
func enqueueAll(ctx context.Context, client *qtasks.Client, count int) error {
	var left atomic.Int64
	left.Store(int64(count))
	failures := make(chan error, benchSenders)
	var senders sync.WaitGroup
	for range benchSenders {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for {
				size := min(benchBatch, left.Add(-benchBatch)+benchBatch)
				if size <= 0 {
					return
				}
				if err := enqueueBatch(ctx, client, int(size)); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	senders.Wait()
	close(failures)
	return <-failures
}

func enqueueBatch(ctx context.Context, client *qtasks.Client, size int) error {
	tasks := make([]qtasks.Enqueue, size)
	for at := range tasks {
		tasks[at] = qtasks.Enqueue{Name: "conformance.bench", Input: at}
	}
	enqueued, err := client.EnqueueMany(ctx, tasks)
	for _, one := range enqueued {
		if err == nil {
			err = one.Err
		}
	}
	return err
}

// benchWorker closes done when it has seen all tasks.
func benchWorker(client *qtasks.Client, count int) (worker *qtasks.Worker, done chan struct{}) {
	worker = qtasks.NewWorker(client, qtasks.WorkerOptions{Slots: slots(benchSlots)})
	done = make(chan struct{})
	var seen atomic.Int64
	qtasks.Handle(worker, "conformance.bench", func(context.Context, json.RawMessage) (any, error) {
		if seen.Add(1) == int64(count) {
			close(done)
		}
		return nil, nil
	})
	return worker, done
}
