package qtasks_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

// server is a process of its own: qtasks serve.
type server struct {
	address string
	process *exec.Cmd
	log     *processLog
}

type serverOptions struct {
	url, grpc string
	args      []string
	// dir is the server's current folder; a new one where it is empty.
	dir string
}

var shared struct {
	once   sync.Once
	server *server
	err    error
}

func TestMain(m *testing.M) {
	if os.Getenv(processWorker) != "" {
		os.Exit(runWorkerProcess())
	}
	code := m.Run()
	if shared.server != nil {
		shared.server.kill()
	}
	os.Exit(code)
}

// sharedServer is one for all tests that do nothing to it; each has names of its own.
func sharedServer(t *testing.T) *server {
	t.Helper()
	shared.once.Do(func() {
		dir, err := os.MkdirTemp("", "qtasks-go-")
		if err == nil {
			shared.server, err = launch(serverOptions{dir: dir})
		}
		shared.err = err
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// startServer starts one for this test, which is killed at its end.
func startServer(t *testing.T, options serverOptions) *server {
	t.Helper()
	if options.dir == "" {
		options.dir = t.TempDir()
	}
	started, err := launch(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.kill)
	return started
}

var listens = regexp.MustCompile(`serves gRPC on (\S+),`)

func launch(options serverOptions) (*server, error) {
	if options.url == "" {
		options.url = "memory:"
	}
	if options.grpc == "" {
		options.grpc = "127.0.0.1:0"
	}
	args := []string{filepath.Join(checkout(), "bin/qtasks.js"), "serve", "--url", options.url,
		"--grpc", options.grpc, "--http", "127.0.0.1:0", "--log-level", "warn"}
	process := exec.Command("node", append(args, options.args...)...)
	process.Dir = options.dir
	log, err := startProcess(process)
	if err != nil {
		return nil, fmt.Errorf("the server needs node 22.18 or later on PATH: %w", err)
	}
	started := &server{process: process, log: log}
	line, err := log.waitFor(listens)
	if err != nil {
		started.kill()
		return nil, err
	}
	started.address = line[1]
	return started, nil
}

func (s *server) kill() {
	s.process.Process.Kill()
	<-s.log.ended
}

// checkout is the root of the repository.
func checkout() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../..")
}

// processLog has what a process writes.
type processLog struct {
	mu      sync.Mutex
	text    strings.Builder
	written chan struct{}
	ended   chan struct{}
}

func startProcess(process *exec.Cmd) (*processLog, error) {
	log := &processLog{written: make(chan struct{}, 1), ended: make(chan struct{})}
	reader, writer := io.Pipe()
	process.Stdout, process.Stderr = writer, writer
	dieWithParent(process)
	if err := process.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(log.ended)
		process.Wait()
		writer.Close()
	}()
	go log.read(reader)
	return log, nil
}

func (l *processLog) read(reader io.Reader) {
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		l.mu.Lock()
		l.text.WriteString(lines.Text() + "\n")
		l.mu.Unlock()
		select {
		case l.written <- struct{}{}:
		default:
		}
	}
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *processLog) waitFor(pattern *regexp.Regexp) ([]string, error) {
	timeout := time.After(30 * time.Second)
	for {
		if found := pattern.FindStringSubmatch(l.String()); found != nil {
			return found, nil
		}
		select {
		case <-l.written:
		case <-l.ended:
			return nil, fmt.Errorf("the process ended without %s: %s", pattern, l)
		case <-timeout:
			return nil, fmt.Errorf("the process did not write %s: %s", pattern, l)
		}
	}
}

// bench of a test: a client, and names that no other test has.
type bench struct {
	*testing.T
	ctx    context.Context
	client *qtasks.Client
	prefix string
}

func setup(t *testing.T) *bench {
	t.Helper()
	t.Parallel()
	return setupAt(t, sharedServer(t).address)
}

func setupAt(t *testing.T, address string, options ...qtasks.Option) *bench {
	t.Helper()
	client, err := qtasks.Dial(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	t.Cleanup(cancel)
	return &bench{T: t, ctx: ctx, client: client, prefix: "go." + qtasks.NewTaskID() + "."}
}

func (b *bench) name(name string) string { return b.prefix + name }

// worker takes from a queue of its own where its tasks share names with those of other tests.
func (b *bench) worker(options qtasks.WorkerOptions) *qtasks.Worker {
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return qtasks.NewWorker(b.client, options)
}

func (b *bench) start(worker *qtasks.Worker) {
	b.Helper()
	b.check(worker.Start(b.ctx))
	b.Cleanup(worker.Stop)
}

// define has tasks that no worker runs yet.
func (b *bench) define(names ...string) {
	b.Helper()
	worker := b.worker(qtasks.WorkerOptions{})
	for _, name := range names {
		qtasks.Handle(worker, b.name(name), func(context.Context, any) (any, error) { return nil, nil })
	}
	b.check(worker.Define(b.ctx))
}

func (b *bench) enqueue(name string, input any, options ...qtasks.EnqueueOption) *qtasks.TaskHandle {
	b.Helper()
	handle, err := b.client.Enqueue(b.ctx, name, input, options...)
	b.check(err)
	return handle
}

func (b *bench) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func equal[T comparable](b *bench, what string, got, want T) {
	b.Helper()
	if got != want {
		b.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// freePort finds one for a server that must come back to the same address.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
