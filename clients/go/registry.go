package qtasks

import (
	"context"
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

func (w *Worker) register(added *handler) {
	name := added.definition.Name
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.run != nil:
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
