package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	qtasks "github.com/qtasks/qtasks/clients/go"
	"github.com/qtasks/qtasks/clients/go/internal/conformancepb"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// conformanceWorker runs the plain functions and the servicer.
func conformanceWorker(client *qtasks.Client, slots int) *qtasks.Worker {
	worker := qtasks.NewWorker(client, qtasks.WorkerOptions{Slots: slots})
	qtasks.Handle(worker, "conformance.echo", echo)
	qtasks.Handle(worker, "conformance.sum", sum)
	qtasks.HandleStream(worker, "conformance.count", count)
	qtasks.Handle(worker, "conformance.fail", fail)
	qtasks.Handle(worker, "conformance.wait", wait)
	soon := &api.RetryPolicy{InitialBackoff: durationpb.New(50 * time.Millisecond)}
	qtasks.Handle(worker, "conformance.checkpoint", checkpoint, qtasks.Retry(soon))
	qtasks.Handle(worker, "conformance.bench", echoNothing)
	conformancepb.RegisterConformanceTasksServer(worker, &servicer{})
	return worker
}

func echo(_ context.Context, input any) (any, error) { return input, nil }

func echoNothing(context.Context, json.RawMessage) (any, error) { return nil, nil }

type numbers struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

func sum(_ context.Context, in numbers) (float64, error) { return in.X + in.Y, nil }

type countInput struct {
	Count   int   `json:"count"`
	DelayMs int64 `json:"delay_ms"`
}

func count(ctx context.Context, in countInput, out *qtasks.Outputs[int]) error {
	for value := range in.Count {
		if err := out.Send(value); err != nil {
			return err
		}
		if err := pause(ctx, in.DelayMs); err != nil {
			return err
		}
	}
	return nil
}

type failInput struct {
	Code    codes.Code      `json:"code"`
	Type    string          `json:"type"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details"`
}

func fail(_ context.Context, in failInput) (any, error) {
	return nil, &qtasks.TaskError{Code: in.Code, Type: in.Type, Message: in.Message, Details: in.Details}
}

type waitInput struct {
	DelayMs int64 `json:"delay_ms"`
}

type waitResult struct {
	Attempt int `json:"attempt"`
	PID     int `json:"pid"`
}

func wait(ctx context.Context, in waitInput) (*waitResult, error) {
	attempt := qtasks.AttemptFromContext(ctx)
	attempt.Log("started")
	const step = 20
	for waited := int64(0); waited < in.DelayMs; waited += step {
		attempt.Progress(float64(waited), float64(in.DelayMs), "waiting")
		if err := pause(ctx, min(step, in.DelayMs-waited)); err != nil {
			return nil, err
		}
	}
	return &waitResult{Attempt: attempt.Number(), PID: os.Getpid()}, nil
}

func checkpoint(ctx context.Context, input any) (any, error) {
	attempt := qtasks.AttemptFromContext(ctx)
	var saved any
	found, err := attempt.Checkpoint(&saved)
	if err != nil {
		return nil, err
	}
	if found {
		return map[string]any{"checkpoint": saved, "attempt": attempt.Number()}, nil
	}
	if err := attempt.SaveCheckpoint(input); err != nil {
		return nil, err
	}
	return nil, &qtasks.TaskError{Code: codes.Unavailable, Message: "the first attempt only saves its checkpoint"}
}

// pause waits, unless the attempt is to stop.
func pause(ctx context.Context, ms int64) error {
	if ms <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
