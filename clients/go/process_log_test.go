package qtasks_test

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

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
