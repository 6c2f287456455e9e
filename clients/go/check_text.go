package qtasks

import (
	"unicode/utf8"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// checkText refuses text that is not UTF-8: protobuf can't encode it, and one such task would take the others
// of its batch with it. All else is the server's to check.
func checkText(request *api.EnqueueTaskRequest) error {
	spec := request.Spec
	fields := [...]struct{ name, text string }{
		{"task_id", request.TaskId}, {"spec.name", spec.Name}, {"spec.parent_task_id", spec.ParentTaskId},
		{"spec.unique.key", spec.Unique.GetKey()}, {"spec.options.queue", spec.Options.GetQueue()},
		{"spec.payload.text", spec.Payload.GetText()}, {"spec.payload.schema", spec.Payload.GetSchema()},
		{"spec.payload.content_type", spec.Payload.GetContentType()},
	}
	for _, field := range fields {
		if !utf8.ValidString(field.text) {
			return fieldError(field.name, "must be UTF-8")
		}
	}
	if err := checkPairs("spec.headers", spec.Headers); err != nil {
		return err
	}
	return checkPairs("spec.options.labels", spec.Options.GetLabels())
}

func checkPairs(field string, pairs map[string]string) error {
	for key, value := range pairs {
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return fieldError(field, "must be UTF-8")
		}
	}
	return nil
}
