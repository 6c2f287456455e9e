package qtasks_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"testing"
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
