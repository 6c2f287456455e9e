package qtasks

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

func succeeded(result *api.Payload) *api.Outcome {
	return &api.Outcome{Kind: &api.Outcome_Success{Success: &api.Success{Result: result}}}
}

func failed(failure *api.Failure) *api.Outcome {
	return &api.Outcome{Kind: &api.Outcome_Failure{Failure: failure}}
}

// release gives the task back, uncounted.
func release(reason string, delay time.Duration) *api.Outcome {
	released := &api.Release{Reason: clip(reason, maxReasonBytes)}
	if delay > 0 {
		released.Delay = durationpb.New(delay)
	}
	return &api.Outcome{Kind: &api.Outcome_Release{Release: released}}
}

func timedOut(aborted *AbortedError) *api.Outcome {
	failure := newFailure(api.FailureKind_FAILURE_KIND_ATTEMPT_TIMEOUT, "qtasks.AttemptTimeout", "%s", aborted.Message)
	failure.NonRetryable = false
	return failed(failure)
}

// outcomeOf is how an attempt ends whose handler returned. A value counts although the task is being canceled;
// an error means then that the handler stopped.
func outcomeOf(ctx context.Context, result *api.Payload, err error) *api.Outcome {
	if err == nil {
		return succeeded(result)
	}
	if outcome := abortedOutcome(ctx); outcome != nil {
		return outcome
	}
	var snoozed *snooze
	if errors.As(err, &snoozed) {
		return release(snoozed.Error(), snoozed.delay)
	}
	return failed(failureOf(err))
}

// abortedOutcome is how an attempt ends that was told to stop and did; nil if it was not told.
func abortedOutcome(ctx context.Context) *api.Outcome {
	var aborted *AbortedError
	if !errors.As(context.Cause(ctx), &aborted) {
		return nil
	}
	switch aborted.Why {
	case AbortCanceled:
		return &api.Outcome{Kind: &api.Outcome_Canceled{Canceled: &api.Canceled{Reason: aborted.Message}}}
	case AbortTimeout:
		return timedOut(aborted)
	case AbortStopping:
		return release(aborted.Message, 0)
	}
	// Lost: it is over already.
	return release("the lease was lost", 0)
}

// insteadOfRefused is the failure that is reported instead of an outcome that the server refuses.
func insteadOfRefused(outcome *api.Outcome, refusal *api.ItemError) *api.Outcome {
	failureType, text := "qtasks.OutcomeRefused", "the outcome was refused: "+refusal.GetMessage()
	if outcome.GetSuccess() != nil && Reason(refusal.GetReason()) == ReasonPayloadTooLarge {
		failureType, text = "qtasks.ResultTooLarge", refusal.GetMessage()
	}
	instead := failed(newFailure(api.FailureKind_FAILURE_KIND_APPLICATION, failureType, "%s", text))
	instead.LeaseToken, instead.EventCount = outcome.LeaseToken, outcome.EventCount
	return instead
}

// withoutEvents is reported when the server lost events for good: log lines are let go, outputs fail the attempt.
func withoutEvents(outcome *api.Outcome, outputs int) *api.Outcome {
	if outputs > 0 && outcome.GetSuccess() != nil {
		failure := newFailure(api.FailureKind_FAILURE_KIND_APPLICATION, "qtasks.EventsLost", "the server lost outputs of this attempt")
		failure.NonRetryable = false
		outcome = &api.Outcome{LeaseToken: outcome.LeaseToken, Kind: failed(failure).Kind}
	}
	outcome.EventCount = 0
	return outcome
}

// outcomeSize is about what it takes in a message, rather too much than too little.
func outcomeSize(outcome *api.Outcome) int {
	size := 512 + payloadSize(outcome.Checkpoint) + payloadSize(outcome.GetSuccess().GetResult())
	if failure := outcome.GetFailure(); failure != nil {
		size += 8<<10 + 2*len(failure.StackTrace) + payloadSize(failure.Details)
	}
	return size
}
