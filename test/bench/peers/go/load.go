package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
)

// How many enqueues are under way at once: asynq has none for many tasks.
const enqueueWidth = 64

// How long results are kept, and how often one is looked for: asynq tells nobody of an end.
const (
	retention    = 24 * time.Hour
	pollInterval = 200 * time.Microsecond
)

var payload = []byte(`{"data":"` + strings.Repeat("x", 200-len(`{"data":""}`)) + `"}`)

type call struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Params struct {
		Count int      `json:"count"`
		IDs   []string `json:"ids"`
	} `json:"params"`
}

type answer struct {
	ID     int    `json:"id"`
	Result any    `json:"result"`
	Error  string `json:"error,omitempty"`
}

type outcome struct {
	ID       string `json:"id"`
	Attempts int    `json:"attempts"`
	Right    bool   `json:"right"`
}

type load struct {
	client    *asynq.Client
	inspector *asynq.Inspector
	mu        sync.Mutex
	ids       []string
}

// serveLoad answers calls, one line of JSON each, until stdin ends.
func serveLoad(redis asynq.RedisClientOpt) error {
	l := &load{client: asynq.NewClient(redis), inspector: asynq.NewInspector(redis)}
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<28)
	for lines.Scan() {
		var c call
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		result, err := l.answer(c)
		a := answer{ID: c.ID, Result: result}
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (l *load) answer(c call) (any, error) {
	switch c.Name {
	case "enqueueBulk":
		return l.enqueueMany(c.Params.Count)
	case "runClosed":
		return l.runClosed(c.Params.Count)
	case "acknowledged":
		ids := append([]string{}, l.ids...)
		l.ids = nil
		return ids, nil
	case "outcomes":
		return l.outcomes(c.Params.IDs), nil
	}
	return nil, errors.New("no such call: " + c.Name)
}

func (l *load) enqueueMany(count int) (float64, error) {
	started := time.Now()
	var wait sync.WaitGroup
	var failed error
	for lane := range enqueueWidth {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := lane; i < count; i += enqueueWidth {
				if _, err := l.enqueue(); err != nil {
					l.mu.Lock()
					failed = err
					l.mu.Unlock()
					return
				}
			}
		}()
	}
	wait.Wait()
	return millis(time.Since(started)), failed
}

func (l *load) enqueue() (string, error) {
	id := uuid.NewString()
	task := asynq.NewTask(taskName, payload)
	if _, err := l.client.Enqueue(task, asynq.TaskID(id), asynq.Retention(retention)); err != nil {
		return "", err
	}
	l.mu.Lock()
	l.ids = append(l.ids, id)
	l.mu.Unlock()
	return id, nil
}

func (l *load) runClosed(count int) (any, error) {
	times := make([]float64, 0, count)
	began := time.Now()
	for range count {
		started := time.Now()
		if err := l.runOne(); err != nil {
			return nil, err
		}
		times = append(times, millis(time.Since(started)))
	}
	return map[string]any{"timesMs": times, "elapsedMs": millis(time.Since(began))}, nil
}

func (l *load) runOne() error {
	id, err := l.enqueue()
	for err == nil {
		var info *asynq.TaskInfo
		info, err = l.inspector.GetTaskInfo(queueName, id)
		if err == nil && info.State == asynq.TaskStateCompleted {
			return nil
		}
		time.Sleep(pollInterval)
	}
	return err
}

func (l *load) outcomes(ids []string) []outcome {
	found := make([]outcome, 0, len(ids))
	for _, id := range ids {
		info, err := l.inspector.GetTaskInfo(queueName, id)
		if err == nil && info.State == asynq.TaskStateCompleted {
			right := bytes.Equal(info.Result, result)
			found = append(found, outcome{ID: id, Attempts: info.Retried + 1, Right: right})
		}
	}
	return found
}

func millis(d time.Duration) float64 {
	return float64(d) / float64(time.Millisecond)
}
