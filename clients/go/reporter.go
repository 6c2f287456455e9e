package qtasks

import (
	"errors"
	"runtime"
	"sync"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	maxOutcomes = 1000
	// maxOutcomeBytes is half of what a message may have: a result of 1 MiB always fits.
	maxOutcomeBytes = 2 << 20
	// maxReports: an outcome, what replaces it when it is refused, and what replaces that.
	maxReports = 4
)

// reporter reports how attempts ended, many in one call, until the server has answered for each. One call is
// under way at a time; outcomes that come meanwhile leave together.
type reporter struct {
	run *workerRun

	mu      sync.Mutex
	waiting []*report
	sending bool
}

// report is an outcome on its way to the server.
type report struct {
	attempt *Attempt
	// outcome is replaced when it is refused.
	outcome  *api.Outcome
	refusals int
}

// report reports the outcome, after the attempt's events.
func (r *reporter) report(a *Attempt, outcome *api.Outcome) {
	if !a.events.isDirty() {
		r.add(&report{attempt: a, outcome: completed(a, outcome)})
		return
	}
	go func() {
		r.run.recorder.flush(a)
		r.add(&report{attempt: a, outcome: completed(a, outcome)})
	}()
}

// completed adds what goes with the outcome. Without an output that was refused there is no success.
func completed(a *Attempt, outcome *api.Outcome) *api.Outcome {
	if refusal := a.events.refused(); refusal != nil && outcome.GetSuccess() != nil {
		outcome = failed(newFailure(api.FailureKind_FAILURE_KIND_APPLICATION, "qtasks.OutputRefused", "an output was refused: %v", refusal))
	}
	outcome.LeaseToken = a.leased.LeaseToken
	if outcome.GetSuccess() == nil {
		outcome.Checkpoint = a.lastCheckpoint()
	}
	count, _ := a.events.count()
	outcome.EventCount = int64(count)
	return outcome
}

func (r *reporter) add(added *report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, added)
	if !r.sending {
		r.sending = true
		go r.sendAll()
	}
}

func (r *reporter) sendAll() {
	for {
		// What ends in one go leaves in one call.
		runtime.Gosched()
		reports := r.take()
		if len(reports) == 0 {
			return
		}
		r.send(reports)
	}
}

// take gives what fits into one call, one outcome at least.
func (r *reporter) take() []*report {
	r.mu.Lock()
	defer r.mu.Unlock()
	count, bytes := 0, 0
	for _, waiting := range r.waiting {
		bytes += outcomeSize(waiting.outcome)
		if count >= maxOutcomes || bytes > maxOutcomeBytes && count > 0 {
			break
		}
		count++
	}
	reports := r.waiting[:count:count]
	if r.waiting = r.waiting[count:]; len(r.waiting) == 0 {
		r.waiting = nil
	}
	r.sending = count > 0
	return reports
}

func (r *reporter) send(reports []*report) {
	outcomes := make([]*api.Outcome, len(reports))
	for at, sent := range reports {
		outcomes[at] = sent.outcome
	}
	results, err := r.call(outcomes)
	var over []*Attempt
	for at, sent := range reports {
		// An error is the end of the worker, or an answer that can't be told apart.
		if err != nil {
			r.warn(sent, "an outcome could not be reported", "error", err)
		}
		if err != nil || r.isOver(sent, results[at]) {
			over = append(over, sent.attempt)
		}
	}
	r.run.runner.free(over)
}

// call narrows a refusal of the whole call down to the outcome that it is meant for.
func (r *reporter) call(outcomes []*api.Outcome) ([]*api.OutcomeResult, error) {
	results, err := r.run.session.report(outcomes)
	var refusal *Error
	if err == nil && len(results) != len(outcomes) {
		return nil, &Error{Reason: ReasonInternal, Message: "a report was answered with another number of results"}
	}
	if err == nil || !errors.As(err, &refusal) || !isRefusal(refusal) {
		return results, err
	}
	if len(outcomes) == 1 {
		sent := &api.ItemError{Reason: string(refusal.Reason), Message: refusal.Message}
		return []*api.OutcomeResult{{Verdict: api.OutcomeVerdict_OUTCOME_VERDICT_REFUSED, Error: sent}}, nil
	}
	for _, outcome := range outcomes {
		result, err := r.call([]*api.Outcome{outcome})
		if err != nil {
			return nil, err
		}
		results = append(results, result...)
	}
	return results, nil
}

// isOver tells whether the server has said its last word; what was refused is replaced and goes again.
func (r *reporter) isOver(sent *report, result *api.OutcomeResult) bool {
	switch result.Verdict {
	case api.OutcomeVerdict_OUTCOME_VERDICT_RECORDED:
		return true
	case api.OutcomeVerdict_OUTCOME_VERDICT_STALE:
		r.warn(sent, "an outcome came too late: the lease had gone to another")
		return true
	}
	r.warn(sent, "an outcome was refused", "reason", result.Error.GetReason(), "message", result.Error.GetMessage())
	if sent.refusals++; sent.refusals >= maxReports {
		r.warn(sent, "an outcome was refused for good: its lease will run out")
		return true
	}
	go r.replace(sent, result.Error)
	return false
}

func (r *reporter) replace(sent *report, refusal *api.ItemError) {
	events := &sent.attempt.events
	switch {
	case Reason(refusal.GetReason()) != ReasonEventsMissing:
		sent.outcome = insteadOfRefused(sent.outcome, refusal)
	case events.isDirty():
		r.run.recorder.flush(sent.attempt)
		count, _ := events.count()
		sent.outcome.EventCount = int64(count)
	default:
		_, outputs := events.count()
		sent.outcome = withoutEvents(sent.outcome, outputs)
	}
	r.add(sent)
}

func (r *reporter) warn(sent *report, message string, args ...any) {
	a := sent.attempt
	args = append(args, "task_id", a.TaskID(), "task", a.Name(), "attempt", a.Number())
	r.run.logger.Warn(message, args...)
}
