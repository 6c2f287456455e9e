package qtasks_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

// processWorker has the test program be a worker: "ADDRESS NAME".
const processWorker = "QTASKS_GO_TEST_WORKER"

// runWorkerProcess runs a task that prints when it begins, takes so many ms, and gives attempt and process.
func runWorkerProcess() int {
	var address, name string
	fmt.Sscan(os.Getenv(processWorker), &address, &name)
	client, err := qtasks.Dial(address)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer client.Close()
	worker := qtasks.NewWorker(client, qtasks.WorkerOptions{Grace: 5 * time.Second})
	qtasks.Handle(worker, name, func(ctx context.Context, ms int) (answer, error) {
		fmt.Println("begun")
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case <-time.After(time.Duration(ms) * time.Millisecond):
			return answer{qtasks.AttemptFromContext(ctx).Number(), os.Getpid()}, nil
		}
	})
	if err := worker.RunForever(func() { fmt.Println("ready") }); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

type answer struct{ Attempt, PID int }

var ready, begun = regexp.MustCompile("(?m)^ready$"), regexp.MustCompile("(?m)^begun$")

func startWorkerProcess(b *bench, address string) (*exec.Cmd, *processLog) {
	b.Helper()
	self, err := os.Executable()
	b.check(err)
	process := exec.Command(self)
	process.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s", processWorker, address, b.name("slow")))
	log, err := startProcess(process)
	b.check(err)
	b.Cleanup(func() {
		process.Process.Kill()
		<-log.ended
	})
	_, err = log.waitFor(ready)
	b.check(err)
	return process, log
}

func TestOnSIGTERMAWorkerFinishesAndExits(t *testing.T) {
	b := setup(t)
	process, log := startWorkerProcess(b, sharedServer(t).address)
	running := b.enqueue(b.name("slow"), 300)
	_, err := log.waitFor(begun)
	b.check(err)
	b.check(process.Process.Signal(syscall.SIGTERM))
	result, err := qtasks.Result[answer](b.ctx, running)
	b.check(err)
	equal(b, "process", result, answer{1, process.Process.Pid})
	<-log.ended
	equal(b, "exit code", process.ProcessState.ExitCode(), 0)
	waiting := b.enqueue(b.name("slow"), 1)
	task, err := waiting.Get(b.ctx)
	b.check(err)
	equal(b, "state", qtasks.StateName(task.State), "PENDING")
}

func TestTheTaskOfAKilledWorkerRunsElsewhere(t *testing.T) {
	t.Parallel()
	started := startServer(t, serverOptions{args: []string{"--app", fastServer(t)}})
	b := setupAt(t, started.address)
	killed, log := startWorkerProcess(b, started.address)
	handle := b.enqueue(b.name("slow"), 1500)
	_, err := log.waitFor(begun)
	b.check(err)
	b.check(killed.Process.Kill())
	<-log.ended
	other, _ := startWorkerProcess(b, started.address)
	result, err := qtasks.Result[answer](b.ctx, handle)
	b.check(err)
	equal(b, "result", result, answer{2, other.Process.Pid})
}

// fastServer has leases that run out soon.
func fastServer(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "app.ts")
	text := fmt.Sprintf(`import { QueueTasks } from %q;
export const app = new QueueTasks({ timings: {
  heartbeatIntervalMs: 300, deliveryTimeoutMs: 1500, leaseMs: 1500, sessionTtlMs: 2000, sweepIntervalMs: 300 } });
`, filepath.Join(checkout(), "src/index.ts"))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
