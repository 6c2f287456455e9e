package qtasks

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"time"

	"google.golang.org/grpc"
)

// WorkerOptions of [NewWorker]; all may be left out.
type WorkerOptions struct {
	// Slots are the attempts that it runs at once, 1 to 10,000. Default 100.
	Slots int
	// Queues that it takes from. Default: those of its definitions.
	Queues []string
	// Grace is how long [Worker.Stop] lets handlers finish. Default 25 s; negative: no time at all.
	Grace time.Duration
	// Logger of the worker and of its handlers. Default slog.Default().
	Logger *slog.Logger
	// Labels are for people.
	Labels map[string]string
	// WorkerID is for people. Default host:pid:random.
	WorkerID string
	// BuildID is the version of the worker's code, for people.
	BuildID string
	// UnaryInterceptor and StreamInterceptor wrap the methods of servicers, as in a gRPC server.
	UnaryInterceptor  grpc.UnaryServerInterceptor
	StreamInterceptor grpc.StreamServerInterceptor
}

const (
	defaultSlots = 100
	maxSlots     = 10_000
	defaultGrace = 25 * time.Second
)

// resolved gives every option its value.
func (o WorkerOptions) resolved() (WorkerOptions, error) {
	var err error
	if o.Slots == 0 {
		o.Slots = defaultSlots
	}
	if o.Slots < 1 || o.Slots > maxSlots {
		err = configError("Slots: must be from 1 to %d, got %d", maxSlots, o.Slots)
	}
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	o.Grace = max(0, o.Grace)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.WorkerID == "" {
		o.WorkerID = workerID()
	}
	return o, err
}

func workerID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	random := make([]byte, 3)
	rand.Read(random) //nolint:errcheck // It is for people only.
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), hex.EncodeToString(random))
}
