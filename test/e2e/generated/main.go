// A client of generated code only: enqueues a task, awaits it, and prints its result.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	qtasks "example.com/client/gen/qtasksapi/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
)

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	tasks := qtasks.NewTaskServiceClient(conn)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	enqueued, err := tasks.EnqueueTask(ctx, &qtasks.EnqueueTaskRequest{
		TaskId: "from-go",
		Spec: &qtasks.TaskSpec{
			Name:    "e2e.add",
			Payload: &qtasks.Payload{Body: &qtasks.Payload_Text{Text: `{"x": 20, "y": 22}`}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := tasks.AwaitTask(ctx, &qtasks.AwaitTaskRequest{
		TaskId: enqueued.Task.TaskId,
		Wait:   durationpb.New(20 * time.Second),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Task.State, answer.Task.Result.GetText())
}
