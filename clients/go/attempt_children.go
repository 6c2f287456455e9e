package qtasks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Enqueue enqueues a child: a task with this one as its parent. Its id follows from the parent's id, the
// child's name and input, and how often this attempt has enqueued the same before: a retried parent finds the
// children of its earlier attempts and enqueues only those that are missing. Give a [TaskID] to name it
// otherwise. Errors as [Client.Enqueue].
func (a *Attempt) Enqueue(ctx context.Context, name string, input any, options ...EnqueueOption) (*TaskHandle, error) {
	payload, err := NewPayload(input)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(append([]byte(name+"\n"), bytesOf(payload)...))
	own := []EnqueueOption{ParentTask(a.TaskID()), TaskID(a.childID(hex.EncodeToString(digest[:])))}
	return a.run.worker.client.Enqueue(ctx, name, payload, append(own, options...)...)
}

// childID is a UUIDv8 (RFC 9562, 5.8): bits of a hash.
func (a *Attempt) childID(digest string) string {
	a.mu.Lock()
	if a.children == nil {
		a.children = map[string]int{}
	}
	a.children[digest]++
	nth := a.children[digest]
	a.mu.Unlock()
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\n%s\n%d", a.TaskID(), digest, nth)))
	return uuid([16]byte(sum[:16]), 8)
}
