package qtasks

import (
	"encoding/json"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

type methodName struct {
	Service string `json:"service,omitempty"`
	Method  string `json:"method,omitempty"`
}

type retryPolicy struct {
	MaxAttempts          int      `json:"maxAttempts"`
	InitialBackoff       string   `json:"initialBackoff"`
	MaxBackoff           string   `json:"maxBackoff"`
	BackoffMultiplier    float64  `json:"backoffMultiplier"`
	RetryableStatusCodes []string `json:"retryableStatusCodes"`
}

// maxDurableAttempts of a durable call take about half a minute.
const maxDurableAttempts = 20

// clientServiceConfig has gRPC repeat the contract's idempotent unary calls, and enqueues, on UNAVAILABLE:
// four attempts within about a second. Streams are left out: their repeats resume from a position.
func clientServiceConfig() string {
	return serviceConfig(repeatable(), retryPolicy{
		MaxAttempts: 4, InitialBackoff: "0.1s", MaxBackoff: "1s", BackoffMultiplier: 2,
		RetryableStatusCodes: []string{"UNAVAILABLE"},
	})
}

// durableServiceConfig repeats every call on UNAVAILABLE: they join the task that their id names.
func durableServiceConfig() string {
	return serviceConfig([]methodName{{}}, retryPolicy{
		MaxAttempts: maxDurableAttempts, InitialBackoff: "0.1s", MaxBackoff: "2s", BackoffMultiplier: 2,
		RetryableStatusCodes: []string{"UNAVAILABLE"},
	})
}

func serviceConfig(names []methodName, policy retryPolicy) string {
	type methodConfig struct {
		Name        []methodName `json:"name"`
		RetryPolicy retryPolicy  `json:"retryPolicy"`
	}
	text, err := json.Marshal(map[string]any{"methodConfig": []methodConfig{{names, policy}}})
	if err != nil {
		panic("qtasks: " + err.Error()) // Strings and numbers are always JSON.
	}
	return string(text)
}

func repeatable() (names []methodName) {
	files := []protoreflect.FileDescriptor{
		api.File_qtasksapi_v1_task_service_proto, api.File_qtasksapi_v1_worker_service_proto,
		api.File_qtasksapi_v1_admin_service_proto, api.File_qtasksapi_v1_system_service_proto,
	}
	for _, file := range files {
		service := file.Services().Get(0)
		for at := range service.Methods().Len() {
			if method := service.Methods().Get(at); isRepeatable(method) {
				names = append(names, methodName{string(service.FullName()), string(method.Name())})
			}
		}
	}
	return names
}

// Clients send a task id with each of these, which makes a repeat harmless.
var safeByTaskID = map[protoreflect.Name]bool{"EnqueueTask": true, "BatchEnqueueTasks": true, "RunTask": true}

func isRepeatable(method protoreflect.MethodDescriptor) bool {
	if method.IsStreamingServer() || method.IsStreamingClient() {
		return false
	}
	options, _ := method.Options().(*descriptorpb.MethodOptions)
	return safeByTaskID[method.Name()] ||
		options.GetIdempotencyLevel() != descriptorpb.MethodOptions_IDEMPOTENCY_UNKNOWN
}
