// Command conformance is the Go program of clients/conformance: a worker, scenarios of a client, a benchmark,
// and the route guide of the gRPC tutorials as a worker. QTASKS_ADDRESS has the server's HOST:PORT.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const usage = "usage: conformance worker | client NAME | bench COUNT | route-guide"

func run(args []string) error {
	address := os.Getenv("QTASKS_ADDRESS")
	if address == "" {
		return fmt.Errorf("QTASKS_ADDRESS: expected the server's HOST:PORT")
	}
	client, err := qtasks.Dial(address)
	if err != nil {
		return err
	}
	defer client.Close()
	switch {
	case len(args) == 1 && args[0] == "worker":
		return runWorker(conformanceWorker(client, slots(100)))
	case len(args) == 1 && args[0] == "route-guide":
		return runRouteGuide(client)
	case len(args) == 2 && args[0] == "client":
		return play(client, address, args[1])
	case len(args) == 2 && args[0] == "bench":
		return bench(client, args[1])
	}
	return errors.New(usage)
}

// slots gives CONFORMANCE_SLOTS.
func slots(otherwise int) int {
	if count, err := strconv.Atoi(os.Getenv("CONFORMANCE_SLOTS")); err == nil {
		return count
	}
	return otherwise
}

// runWorker prints ready once the worker is registered, and runs it until SIGTERM.
func runWorker(worker *qtasks.Worker) error {
	return worker.RunForever(func() { fmt.Println("ready") })
}

// patience with a scenario, which else would hang where a worker is missing.
const patience = 3 * time.Minute

// play plays one scenario and prints its facts.
func play(client *qtasks.Client, address, name string) error {
	scenario, known := scenarios[name]
	if !known {
		return fmt.Errorf("no scenario is called %q", name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	facts, err := scenario(ctx, &player{client, address})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	facts["scenario"] = name
	return printJSON(facts)
}

func printJSON(value any) error {
	line, err := json.Marshal(value)
	if err == nil {
		fmt.Println(string(line))
	}
	return err
}
