package main

import (
	"context"
	"fmt"
	"os"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

type numbers struct{ X, Y int }

func main() {
	ctx := context.Background()
	client, err := qtasks.Dial(os.Getenv("QTASKS_ADDRESS")) // Empty: 127.0.0.1:50051.
	check(err)
	defer client.Close()
	worker := qtasks.NewWorker(client, qtasks.WorkerOptions{})
	qtasks.Handle(worker, "math.sum", func(_ context.Context, in numbers) (int, error) { return in.X + in.Y, nil })
	check(worker.Start(ctx)) // RunForever, where the program is nothing but a worker.
	defer worker.Stop()
	sum, err := qtasks.Run[int](ctx, client, "math.sum", numbers{X: 1, Y: 2}, qtasks.MaxAttempts(5))
	fmt.Println(sum, err)
}
func check(err error) {
	if err != nil {
		panic(err)
	}
}
