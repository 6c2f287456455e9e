package qtasks

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// depart starts the call for a group.
func (a *awaiter) depart(group []*wait) {
	isPartial := len(group) < maxBatch
	limit := longWait
	if isPartial {
		if a.partial >= maxLongCalls {
			limit = shortWait
		}
		a.partial++
	}
	longest := time.Duration(0)
	for _, awaited := range group {
		longest = max(longest, awaited.remaining(limit))
	}
	go a.ask(group, longest, isPartial)
}

func (a *awaiter) ask(group []*wait, limit time.Duration, isPartial bool) {
	asked := time.Now()
	answer, err := a.call(group, limit)
	rest := time.Duration(len(group)) * restPerID
	a.mu.Lock()
	defer a.mu.Unlock()
	if isPartial {
		a.partial--
	}
	if err != nil {
		a.fail(group, err)
		return
	}
	if ended := a.settle(answer); ended == 0 && time.Since(asked) < limit/2 {
		rest = emptyRest
	}
	a.askAgain(group, rest)
}

func (a *awaiter) call(group []*wait, limit time.Duration) (*api.BatchAwaitTasksResponse, error) {
	request := &api.BatchAwaitTasksRequest{Wait: durationpb.New(limit), MinCount: 1}
	for _, awaited := range group {
		request.TaskIds = append(request.TaskIds, awaited.taskID)
	}
	c := a.client
	return patiently(c.closing, c.options.patience, func() (*api.BatchAwaitTasksResponse, error) {
		ctx, cancel := context.WithTimeout(c.closing, limit+answerMargin)
		defer cancel()
		return invoke(ctx, c.tasks.BatchAwaitTasks, request)
	})
}

func (a *awaiter) settle(answer *api.BatchAwaitTasksResponse) int {
	for _, task := range answer.Tasks {
		a.end(task.TaskId, task, nil)
	}
	for _, taskID := range answer.MissingTaskIds {
		a.end(taskID, nil, taskNotFound(taskID))
	}
	return len(answer.Tasks) + len(answer.MissingTaskIds)
}

func (a *awaiter) end(taskID string, task *api.Task, err error) {
	if awaited := a.waits[taskID]; awaited != nil {
		delete(a.waits, taskID)
		awaited.settle(task, err)
	}
}

func (a *awaiter) fail(group []*wait, err error) {
	switch reason := ReasonOf(err); {
	case reason == ReasonStillRunning:
		// A cut by a proxy says nothing about the tasks.
		a.askAgain(group, emptyRest)
	case reason == ReasonFieldViolation && len(group) > 1:
		// One malformed id must not fail the others of its call.
		middle := len(group) / 2
		a.depart(group[:middle])
		a.depart(group[middle:])
	default:
		for _, awaited := range group {
			a.end(awaited.taskID, nil, err)
		}
	}
}

func (a *awaiter) askAgain(group []*wait, rest time.Duration) {
	left := a.wanted(group)
	if len(left) == 0 {
		return
	}
	if rest < time.Millisecond {
		a.enter(left...)
		return
	}
	time.AfterFunc(rest, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.enter(left...)
	})
}
