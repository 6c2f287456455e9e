package qtasks

import (
	"context"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// HandleOption is an option of a handler's definition: any [TaskOption], or [Description].
type HandleOption interface {
	applyToDefinition(*api.TaskDefinition)
}

type handleOption func(*api.TaskDefinition)

func (o handleOption) applyToDefinition(definition *api.TaskDefinition) { o(definition) }

func (o TaskOption) applyToDefinition(definition *api.TaskDefinition) {
	if definition.Options == nil {
		definition.Options = &api.TaskOptions{}
	}
	o(definition.Options)
}

// Description tells people what the task does.
func Description(text string) HandleOption {
	return handleOption(func(d *api.TaskDefinition) { d.Description = text })
}

// Handle registers a function for the tasks of a name. The input is decoded as by [DecodePayload], from JSON or
// a message; the result is encoded as by [NewPayload]. An error fails the attempt, and the retry policy decides
// whether another follows: see [TaskError], [Terminal], [RetryLater] and [Snooze]. The context ends when the
// attempt is to stop, and has its [Attempt]. What is wrong with the registration is told by [Worker.Start].
func Handle[In, Out any](worker *Worker, name string, function func(context.Context, In) (Out, error), options ...HandleOption) {
	run := func(ctx context.Context, attempt *Attempt) (*api.Payload, error) {
		input, err := inputOf[In](attempt)
		if err != nil {
			return nil, err
		}
		output, err := function(ctx, input)
		if err != nil {
			return nil, err
		}
		return resultPayload(output)
	}
	worker.register(&handler{definition: define(name, false, options), run: run})
}

// HandleStream registers a function that sends outputs, and gives no result; else as [Handle].
func HandleStream[In, Out any](worker *Worker, name string, function func(context.Context, In, *Outputs[Out]) error, options ...HandleOption) {
	run := func(ctx context.Context, attempt *Attempt) (*api.Payload, error) {
		input, err := inputOf[In](attempt)
		if err != nil {
			return nil, err
		}
		return nil, function(ctx, input, &Outputs[Out]{attempt})
	}
	worker.register(&handler{definition: define(name, true, options), run: run})
}

func define(name string, streaming bool, options []HandleOption) *api.TaskDefinition {
	definition := &api.TaskDefinition{Name: name, Streaming: streaming}
	for _, option := range options {
		option.applyToDefinition(definition)
	}
	return definition
}

func inputOf[In any](attempt *Attempt) (input In, _ error) {
	if err := DecodePayload(attempt.leased.Spec.GetPayload(), &input); err != nil {
		return input, &rejected{err}
	}
	return input, nil
}

// resultPayload fails for good where the result can't be sent: another attempt would give the same.
func resultPayload(output any) (*api.Payload, error) {
	payload, err := NewPayload(output)
	if err != nil {
		return nil, &TaskError{Type: "qtasks.ResultNotEncodable", Message: "the handler's result can't be sent: " + err.Error(), NonRetryable: true}
	}
	return payload, nil
}
