package qtasks

import (
	"context"
	"errors"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// handler is user code under a task's name.
type handler struct {
	definition *api.TaskDefinition
	// run gives the task's result.
	run func(context.Context, *Attempt) (*api.Payload, error)
	// file has the schemas of a typed task; nil else.
	file protoreflect.FileDescriptor
}

// registry has the handlers by name, in the order of their registration.
type registry struct {
	byName map[string]*handler
	names  []string
}

func (r *registry) get(name string) *handler { return r.byName[name] }

func (r *registry) definitions() []*api.TaskDefinition {
	definitions := make([]*api.TaskDefinition, len(r.names))
	for at, name := range r.names {
		definitions[at] = r.byName[name].definition
	}
	return definitions
}

// Define tells the server what this worker can run, without starting it: from then on the tasks can be enqueued
// and called, and wait for a worker. A deploy step may do it; [Worker.Start] does it by itself. Errors as there.
func (w *Worker) Define(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := errors.Join(w.problems...); err != nil {
		return err
	}
	schema, err := w.registry.schema()
	if err != nil {
		return err
	}
	request := &api.ApplyTaskDefinitionsRequest{Definitions: w.registry.definitions(), FileDescriptorSet: schema.files}
	_, err = ask(ctx, w.client, api.NewSystemServiceClient(w.client.conn).ApplyTaskDefinitions, request)
	return err
}

func (w *Worker) register(added *handler) {
	name := added.definition.Name
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.started:
		w.options.Logger.Error("a handler was registered after the start: it takes no tasks", "task", name)
	case name == "":
		w.problem(configError("a handler has no task name"))
	case slices.Contains(w.registry.names, name):
		w.problem(&Error{
			Code: codes.FailedPrecondition, Reason: ReasonDefinitionConflict, Message: "two handlers for the task " + name,
		})
	default:
		w.registry.names = append(w.registry.names, name)
		w.registry.byName[name] = added
	}
}
