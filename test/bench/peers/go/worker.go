package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"
)

// How long an idle worker waits between two looks for tasks; the default is one second.
const idleInterval = 5 * time.Millisecond

var result = []byte(`"` + strings.Repeat("r", 18) + `"`)

// work runs a handler that does nothing but note the id that it was called with.
func work(redis asynq.RedisClientOpt) error {
	path := filepath.Join(os.Getenv("BENCH_HANDLED"), strconv.Itoa(os.Getpid()))
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	server := asynq.NewServer(redis, asynq.Config{
		Concurrency:       concurrency,
		TaskCheckInterval: idleInterval,
		LogLevel:          asynq.ErrorLevel,
	})
	return server.Run(asynq.HandlerFunc(func(_ context.Context, task *asynq.Task) error {
		writer := task.ResultWriter()
		if _, err := file.WriteString(writer.TaskID() + "\n"); err != nil {
			return err
		}
		_, err := writer.Write(result)
		return err
	}))
}
