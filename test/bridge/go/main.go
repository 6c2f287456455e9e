// A gRPC server as Go programs have them: generated code, health and reflection, and nothing of tasks.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	mail "example.com/target/gen/acme/mail/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
)

type mailTasks struct {
	mail.UnimplementedMailTasksServer
}

func (mailTasks) SendEmail(ctx context.Context, in *mail.SendEmailRequest) (*mail.SendEmailResponse, error) {
	if in.To == "wait" {
		fmt.Println("waiting for", in.Subject)
		<-ctx.Done()
		fmt.Println("stopped:", ctx.Err())
		return nil, ctx.Err()
	}
	if !strings.Contains(in.To, "@") {
		refused, err := status.New(codes.NotFound, "no address: "+in.To).
			WithDetails(&errdetails.ErrorInfo{Reason: "NO_ADDRESS", Domain: "acme"})
		if err != nil {
			return nil, err
		}
		return nil, refused.Err()
	}
	incoming, _ := metadata.FromIncomingContext(ctx)
	_, bounded := ctx.Deadline()
	attempt := strings.Join(incoming.Get("qtasks-attempt"), ",")
	return &mail.SendEmailResponse{MessageId: fmt.Sprintf("attempt %s, %t", attempt, bounded)}, nil
}

func (mailTasks) SendNewsletter(in *mail.SendNewsletterRequest, out mail.MailTasks_SendNewsletterServer) error {
	for _, to := range in.To {
		if err := out.Send(&mail.SendNewsletterResponse{To: to}); err != nil {
			return err
		}
	}
	return status.Error(codes.OutOfRange, "no more addresses")
}

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	mail.RegisterMailTasksServer(server, mailTasks{})
	checks := health.NewServer()
	healthpb.RegisterHealthServer(server, checks)
	reflection.Register(server)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		for received := range signals {
			switch received {
			case syscall.SIGUSR1:
				checks.SetServingStatus(mail.MailTasks_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_NOT_SERVING)
			case syscall.SIGUSR2:
				checks.SetServingStatus(mail.MailTasks_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
			default:
				server.GracefulStop()
			}
		}
	}()
	fmt.Println("serves on", listener.Addr())
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
