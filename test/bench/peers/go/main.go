// Command qtasks-bench is asynq's part of the benchmark: `qtasks-bench load` or `qtasks-bench worker`.
package main

import (
	"fmt"
	"os"

	"github.com/hibiken/asynq"
)

const (
	taskName    = "bench.noop"
	queueName   = "default"
	concurrency = 100
)

func main() {
	redis := asynq.RedisClientOpt{Addr: "127.0.0.1:" + os.Getenv("BENCH_REDIS_PORT"), PoolSize: concurrency}
	var err error
	switch mode := os.Args[1]; mode {
	case "load":
		err = serveLoad(redis)
	case "worker":
		err = work(redis)
	default:
		err = fmt.Errorf("load or worker, not %q", mode)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
