package qtasks

import (
	"context"
	"log/slog"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	maxLogBytes   = 4 << 10
	maxFieldBytes = 1 << 10
	maxKeyBytes   = 128
	maxFields     = 32
)

// Log writes a line of level info; see [Attempt.Logger].
func (a *Attempt) Log(message string, args ...any) { a.Logger().Info(message, args...) }

// Logger writes to the worker's log and keeps each line with the task. Lines are dropped where the server
// can't keep up: logs never hold a handler back.
func (a *Attempt) Logger() *slog.Logger {
	own := a.run.worker.options.Logger.With("task_id", a.TaskID(), "task", a.Name(), "attempt", a.Number())
	return slog.New(&taskLog{attempt: a, next: own.Handler()})
}

// taskLog is a slog.Handler that hands lines on and keeps them with the task.
type taskLog struct {
	attempt *Attempt
	next    slog.Handler
	prefix  string
	fields  []slog.Attr
}

func (t *taskLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelDebug }

func (t *taskLog) Handle(ctx context.Context, record slog.Record) error {
	entry := &api.LogEntry{Level: logLevel(record.Level), Message: clip(record.Message, maxLogBytes), Fields: map[string]string{}}
	for _, field := range t.fields {
		addField(entry, "", field)
	}
	record.Attrs(func(field slog.Attr) bool {
		addField(entry, t.prefix, field)
		return true
	})
	t.attempt.run.recorder.log(t.attempt, entry)
	if !t.next.Enabled(ctx, record.Level) {
		return nil
	}
	return t.next.Handle(ctx, record)
}

func (t *taskLog) WithAttrs(fields []slog.Attr) slog.Handler {
	made := *t
	made.next = t.next.WithAttrs(fields)
	made.fields = append([]slog.Attr{}, t.fields...)
	for _, field := range fields {
		made.fields = append(made.fields, slog.Attr{Key: t.prefix + field.Key, Value: field.Value})
	}
	return &made
}

func (t *taskLog) WithGroup(name string) slog.Handler {
	if name == "" {
		return t
	}
	made := *t
	made.next = t.next.WithGroup(name)
	made.prefix += name + "."
	return &made
}

func addField(entry *api.LogEntry, prefix string, field slog.Attr) {
	value := field.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if field.Key != "" {
			prefix += field.Key + "."
		}
		for _, inner := range value.Group() {
			addField(entry, prefix, inner)
		}
		return
	}
	if len(entry.Fields) < maxFields {
		entry.Fields[clip(prefix+field.Key, maxKeyBytes)] = clip(value.String(), maxFieldBytes)
	}
}

func logLevel(level slog.Level) api.LogLevel {
	switch {
	case level < slog.LevelInfo:
		return api.LogLevel_LOG_LEVEL_DEBUG
	case level < slog.LevelWarn:
		return api.LogLevel_LOG_LEVEL_INFO
	case level < slog.LevelError:
		return api.LogLevel_LOG_LEVEL_WARN
	}
	return api.LogLevel_LOG_LEVEL_ERROR
}
