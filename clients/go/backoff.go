package qtasks

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
)

const (
	firstRepeat = 100 * time.Millisecond
	maxRepeat   = 5 * time.Second
)

// repeatPause doubles from 100 ms to 5 s, half of it random, so that workers don't come back in step.
func repeatPause(failures int) time.Duration {
	whole := min(maxRepeat, firstRepeat<<min(max(failures-1, 0), 10))
	return time.Duration(float64(whole) * (0.5 + rand.Float64()/2))
}

// isRefusal: the server will never accept this request, however often it is repeated.
func isRefusal(err *Error) bool {
	switch err.Code {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.AlreadyExists, codes.Unimplemented:
		return true
	case codes.NotFound:
		return err.Reason != ReasonSessionNotFound
	case codes.ResourceExhausted:
		return err.Reason != ReasonRateLimited && err.Reason != ReasonQueueFull
	}
	return false
}

// untilAnswered repeats a call until it is answered or refused, has an error that is final, or the context ends.
func untilAnswered[A any](
	ctx context.Context, logger *slog.Logger, what string, call func() (A, error), isFinal ...func(*Error) bool,
) (A, error) {
	for failures := 1; ; failures++ {
		answer, err := call()
		if err == nil {
			return answer, nil
		}
		failed := callError(ctx, err, nil)
		if ctx.Err() != nil || isRefusal(failed) || len(isFinal) > 0 && isFinal[0](failed) {
			return answer, failed
		}
		logFailure(logger, failures, "could not "+what+"; trying again", failed)
		if !sleep(ctx, max(failed.RetryDelay, repeatPause(failures))) {
			return answer, failed
		}
	}
}

// logFailure warns of the first of several failures.
func logFailure(logger *slog.Logger, failures int, message string, err error) {
	level := slog.LevelDebug
	if failures == 1 {
		level = slog.LevelWarn
	}
	logger.Log(context.Background(), level, message, "error", err, "failures", failures)
}
