package qtasks_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

// Of a hundred thousand tasks through one worker nothing stays behind.
func TestMemoryDoesNotGrowWithTasks(t *testing.T) {
	b := setupAt(t, startServer(t, serverOptions{}).address)
	worker := b.worker(qtasks.WorkerOptions{Slots: 1000})
	var seen atomic.Int64
	finished := make(chan struct{}, 1)
	var wanted atomic.Int64
	qtasks.Handle(worker, b.name("tiny"), func(context.Context, int) (any, error) {
		if seen.Add(1) == wanted.Load() {
			finished <- struct{}{}
		}
		return nil, nil
	})
	b.start(worker)
	runTiny := func(count int) {
		wanted.Add(int64(count))
		tasks := make([]qtasks.Enqueue, 1000)
		for at := range tasks {
			tasks[at] = qtasks.Enqueue{Name: b.name("tiny"), Input: at}
		}
		for range count / len(tasks) {
			_, err := b.client.EnqueueMany(b.ctx, tasks)
			b.check(err)
		}
		<-finished
	}
	runTiny(20_000)
	before := liveBytes()
	runTiny(80_000)
	const allowed = 4 << 20
	if grown := liveBytes() - before; grown > allowed {
		t.Fatalf("80,000 tasks left %d bytes behind", grown)
	}
}

func liveBytes() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
