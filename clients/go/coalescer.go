package qtasks

import (
	"runtime"
	"sync"
)

// coalescer makes few batches of many concurrent calls: an item joins the batch that is being gathered, which
// leaves when the one before it has landed. Idle, it adds no delay; busy, it makes few round trips.
type coalescer[I, R any] struct {
	maxItems, maxBytes int
	size               func(I) int
	run                func([]I) ([]R, error)

	mu      sync.Mutex
	waiting []*coalesced[I, R]
	busy    bool
}

type coalesced[I, R any] struct {
	item   I
	result R
	err    error
	done   chan struct{}
}

// newCoalescer: run gives a result for each item, in order, or an error for all of them.
func newCoalescer[I, R any](maxItems, maxBytes int, size func(I) int, run func([]I) ([]R, error)) *coalescer[I, R] {
	return &coalescer[I, R]{maxItems: maxItems, maxBytes: maxBytes, size: size, run: run}
}

// add puts the item into a batch; its result is there once done is closed.
func (c *coalescer[I, R]) add(item I) *coalesced[I, R] {
	call := &coalesced[I, R]{item: item, done: make(chan struct{})}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, call)
	if !c.busy {
		c.busy = true
		go c.sendAll()
	}
	return call
}

func (c *coalescer[I, R]) sendAll() {
	for {
		// Whoever is about to add leaves with this batch.
		runtime.Gosched()
		batch := c.take()
		if len(batch) == 0 {
			return
		}
		c.send(batch)
	}
}

func (c *coalescer[I, R]) take() []*coalesced[I, R] {
	c.mu.Lock()
	defer c.mu.Unlock()
	count, bytes := 0, 0
	for _, call := range c.waiting {
		bytes += c.size(call.item)
		if count >= c.maxItems || bytes > c.maxBytes && count > 0 {
			break
		}
		count++
	}
	batch := c.waiting[:count:count]
	c.waiting = c.waiting[count:]
	if len(c.waiting) == 0 {
		c.waiting = nil
	}
	c.busy = count > 0
	return batch
}

func (c *coalescer[I, R]) send(batch []*coalesced[I, R]) {
	items := make([]I, len(batch))
	for at, call := range batch {
		items[at] = call.item
	}
	results, err := c.run(items)
	for at, call := range batch {
		if call.err = err; err == nil {
			call.result = results[at]
		}
		close(call.done)
	}
}
