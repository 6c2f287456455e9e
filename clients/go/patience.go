package qtasks

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
)

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 2 * time.Second
)

// pauses between repeats: growing, with jitter, so that clients of a restarted server don't come at once.
type pauses struct{ next time.Duration }

func (p *pauses) reset() { p.next = 0 }

// wait pauses, at least as long as the server asked for; false when the context ended.
func (p *pauses) wait(ctx context.Context, atLeast time.Duration) bool {
	p.next = max(firstPause, min(p.next, maxPause))
	pause := time.Duration(float64(p.next) * (0.5 + rand.Float64()))
	p.next *= 2
	return sleep(ctx, max(pause, atLeast))
}

// patiently makes a call again on UNAVAILABLE until it has failed for as long as the patience lasts.
func patiently[A any](ctx context.Context, patience time.Duration, call func() (A, error)) (A, error) {
	giveUp := time.Now().Add(patience)
	for pause := (pauses{}); ; {
		answer, err := call()
		var failed *Error
		if err == nil || !errors.As(err, &failed) || failed.Code != codes.Unavailable || !time.Now().Before(giveUp) {
			return answer, err
		}
		if !pause.wait(ctx, failed.RetryDelay) {
			return answer, err
		}
	}
}

// sleep waits; false when the context ended first.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
