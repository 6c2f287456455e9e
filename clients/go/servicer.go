package qtasks

import (
	"context"
	"reflect"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// RegisterService makes the worker a grpc.ServiceRegistrar: mailpb.RegisterMailTasksServer(worker, mail) runs
// each unary and server-streaming method as the task "acme.mail.v1.MailTasks/SendEmail", with the options of
// the method's (qtasksapi.v1.task). Methods that stream requests are left out. The handlers get the caller's
// headers as incoming metadata, with [MetadataTaskID], qtasks-attempt and qtasks-fencing-token, and the
// attempt's deadline. What is wrong is told by [Worker.Start].
func (w *Worker) RegisterService(desc *grpc.ServiceDesc, impl any) {
	w.registerService(desc, impl, nil)
}

// Only gives a registrar that runs no other methods than these, such as "SendEmail".
func (w *Worker) Only(methods ...string) grpc.ServiceRegistrar { return only{w, methods} }

type only struct {
	worker  *Worker
	methods []string
}

func (o only) RegisterService(desc *grpc.ServiceDesc, impl any) {
	o.worker.registerService(desc, impl, o.methods)
}

func (w *Worker) registerService(desc *grpc.ServiceDesc, impl any, methods []string) {
	service, err := findService(desc)
	if err == nil {
		err = checkImpl(desc, impl)
	}
	if err != nil {
		w.problem(err)
		return
	}
	servicer := &servicer{worker: w, desc: desc, service: service, impl: impl}
	for _, name := range methods {
		if service.Methods().ByName(protoreflect.Name(name)) == nil {
			w.problem(configError("service %s has no method %s", desc.ServiceName, name))
		}
	}
	servicer.register(func(name string) bool { return methods == nil || slices.Contains(methods, name) })
}

func checkImpl(desc *grpc.ServiceDesc, impl any) error {
	wanted := reflect.TypeOf(desc.HandlerType).Elem()
	if impl == nil || !reflect.TypeOf(impl).Implements(wanted) {
		return configError("service %s: %T does not implement %s", desc.ServiceName, impl, wanted)
	}
	return nil
}

// findService looks into the descriptors that generated code registers.
func findService(desc *grpc.ServiceDesc) (protoreflect.ServiceDescriptor, error) {
	name := protoreflect.FullName(desc.ServiceName)
	if found, err := protoregistry.GlobalFiles.FindDescriptorByName(name); err == nil {
		if service, isService := found.(protoreflect.ServiceDescriptor); isService {
			return service, nil
		}
	}
	// A file may be registered by its path alone, as Metadata has it.
	if path, isPath := desc.Metadata.(string); isPath {
		if file, err := protoregistry.GlobalFiles.FindFileByPath(path); err == nil {
			if service := file.Services().ByName(name.Name()); service != nil && service.FullName() == name {
				return service, nil
			}
		}
	}
	return nil, configError("service %s: its descriptor is not registered with protobuf", desc.ServiceName)
}

// servicer is a stock generated servicer whose methods are tasks.
type servicer struct {
	worker  *Worker
	desc    *grpc.ServiceDesc
	service protoreflect.ServiceDescriptor
	impl    any
}

func (s *servicer) register(isWanted func(string) bool) {
	for _, method := range s.desc.Methods {
		if isWanted(method.MethodName) {
			s.add(method.MethodName, false, s.unary(method))
		}
	}
	for _, stream := range s.desc.Streams {
		switch {
		case !isWanted(stream.StreamName):
		case stream.ClientStreams:
			s.worker.options.Logger.Info("a method streams requests, which no task can do: it is left out",
				"method", s.desc.ServiceName+"/"+stream.StreamName)
		default:
			s.add(stream.StreamName, true, s.stream(stream))
		}
	}
}

func (s *servicer) add(name string, streaming bool, run func(context.Context, *Attempt) (*api.Payload, error)) {
	method := s.service.Methods().ByName(protoreflect.Name(name))
	if method == nil {
		s.worker.problem(configError("service %s: its descriptor has no method %s", s.desc.ServiceName, name))
		return
	}
	definition := &api.TaskDefinition{
		Name: s.desc.ServiceName + "/" + name, Streaming: streaming,
		InputSchema: string(method.Input().FullName()), OutputSchema: string(method.Output().FullName()),
	}
	if proto.HasExtension(method.Options(), api.E_Task) {
		definition.Options, _ = proto.GetExtension(method.Options(), api.E_Task).(*api.TaskOptions)
	}
	s.worker.register(&handler{definition: definition, run: run, file: s.service.ParentFile()})
}

func (s *servicer) fullMethod(name string) string { return "/" + s.desc.ServiceName + "/" + name }
