package qtasks

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// servicerCall is one attempt as a servicer sees it: a call of its method, with a transport that leads nowhere.
// It is the grpc.ServerTransportStream of the context, and the grpc.ServerStream of a streaming method.
type servicerCall struct {
	attempt  *Attempt
	method   string
	ctx      context.Context
	received bool
	// undecodable is why the input could not be read.
	undecodable error
}

func (s *servicer) unary(method grpc.MethodDesc) func(context.Context, *Attempt) (*api.Payload, error) {
	fullMethod := s.fullMethod(method.MethodName)
	return func(ctx context.Context, attempt *Attempt) (*api.Payload, error) {
		call := newServicerCall(ctx, attempt, fullMethod)
		reply, err := method.Handler(s.impl, call.ctx, call.decode, s.worker.options.UnaryInterceptor)
		if err != nil || call.undecodable != nil {
			return nil, call.errorOf(err)
		}
		return replyPayload(reply)
	}
}

func (s *servicer) stream(desc grpc.StreamDesc) func(context.Context, *Attempt) (*api.Payload, error) {
	info := &grpc.StreamServerInfo{FullMethod: s.fullMethod(desc.StreamName), IsServerStream: true}
	return func(ctx context.Context, attempt *Attempt) (*api.Payload, error) {
		call := newServicerCall(ctx, attempt, info.FullMethod)
		var err error
		if intercept := s.worker.options.StreamInterceptor; intercept != nil {
			err = intercept(s.impl, (*servicerStream)(call), info, desc.Handler)
		} else {
			err = desc.Handler(s.impl, (*servicerStream)(call))
		}
		if err != nil || call.undecodable != nil {
			return nil, call.errorOf(err)
		}
		return nil, nil
	}
}

func newServicerCall(ctx context.Context, attempt *Attempt, method string) *servicerCall {
	call := &servicerCall{attempt: attempt, method: method}
	ctx = metadata.NewIncomingContext(ctx, attempt.metadata())
	ctx = peer.NewContext(ctx, &peer.Peer{Addr: taskPeer{}})
	call.ctx = grpc.NewContextWithServerTransportStream(ctx, call)
	return call
}

// metadata is what the handler sees as sent with the call.
func (a *Attempt) metadata() metadata.MD {
	sent := make(metadata.MD, len(a.leased.Spec.GetHeaders())+3)
	for key, value := range a.leased.Spec.GetHeaders() {
		key = strings.ToLower(key)
		sent[key] = append(sent[key], value)
	}
	sent.Set(MetadataTaskID, a.leased.TaskId)
	sent.Set("qtasks-attempt", strconv.Itoa(a.Number()))
	sent.Set("qtasks-fencing-token", strconv.FormatInt(a.leased.FencingToken, 10))
	return sent
}

// decode reads the input into the message that the generated code made.
func (c *servicerCall) decode(into any) error {
	message, err := messageFor(into)
	if err == nil {
		err = DecodePayload(c.attempt.leased.Spec.GetPayload(), message)
	}
	if err != nil {
		c.undecodable = &rejected{err}
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return nil
}

// errorOf makes a status of any error, as a gRPC server does, unless it steers what follows.
func (c *servicerCall) errorOf(err error) error {
	var wish *steering
	var snoozed *snooze
	var task *TaskError
	switch {
	case c.undecodable != nil:
		return c.undecodable
	case errors.As(err, &wish), errors.As(err, &snoozed), errors.As(err, &task):
		return err
	}
	if _, isStatus := status.FromError(err); isStatus {
		return err
	}
	return status.FromContextError(err).Err()
}

// Method, SetHeader, SendHeader and SetTrailer: a grpc.ServerTransportStream. An outcome has no place for
// headers and trailers; they are taken and dropped.
func (c *servicerCall) Method() string               { return c.method }
func (c *servicerCall) SetHeader(metadata.MD) error  { return nil }
func (c *servicerCall) SendHeader(metadata.MD) error { return nil }
func (c *servicerCall) SetTrailer(metadata.MD) error { return nil }

// servicerStream is the same call as a grpc.ServerStream: one request, and outputs.
type servicerStream servicerCall

func (s *servicerStream) Context() context.Context     { return s.ctx }
func (s *servicerStream) SetHeader(metadata.MD) error  { return nil }
func (s *servicerStream) SendHeader(metadata.MD) error { return nil }
func (s *servicerStream) SetTrailer(metadata.MD)       {}

func (s *servicerStream) RecvMsg(into any) error {
	if s.received {
		return io.EOF
	}
	s.received = true
	return (*servicerCall)(s).decode(into)
}

func (s *servicerStream) SendMsg(sent any) error {
	payload, err := replyPayload(sent)
	if err != nil {
		return err
	}
	return s.attempt.run.recorder.output(s.attempt, payload)
}

func replyPayload(reply any) (*api.Payload, error) {
	message, err := messageFor(reply)
	if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return messagePayload(message)
}

// messageFor takes messages of both generations of Go's protobuf.
func messageFor(value any) (proto.Message, error) {
	switch message := value.(type) {
	case proto.Message:
		return message, nil
	case protoadapt.MessageV1:
		return protoadapt.MessageV2Of(message), nil
	}
	return nil, malformed(nil, "a %T is no protobuf message", value)
}

// taskPeer stands for the caller's address, which a task does not have.
type taskPeer struct{}

func (taskPeer) Network() string { return "qtasks" }
func (taskPeer) String() string  { return "qtasks" }
