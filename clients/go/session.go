package qtasks

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	// callTimeout: a call without an answer by then is repeated.
	callTimeout = 10 * time.Second
	// pollMargin is how much longer than its wait a poll may take, so that the server answers before the deadline.
	pollMargin = 10 * time.Second
)

// session is a worker's registration, and the calls that are made in its name.
type session struct {
	run   *workerRun
	id    string
	calls api.WorkerServiceClient

	mu         sync.Mutex
	generation int
	heartbeat  time.Duration
	maxWait    time.Duration
}

func newSession(run *workerRun) *session {
	return &session{
		run: run, id: newSessionID(), calls: api.NewWorkerServiceClient(run.worker.client.conn),
		heartbeat: 5 * time.Second, maxWait: 30 * time.Second,
	}
}

// heartbeatInterval as the server wants it.
func (s *session) heartbeatInterval() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heartbeat
}

// register opens or renews the session. Repeated while the server is away; an error when it refuses.
func (s *session) register(ctx context.Context) error {
	return s.registerAfter(ctx, s.registrations())
}

func (s *session) registrations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation
}

// registerAfter registers unless someone else has since that generation.
func (s *session) registerAfter(ctx context.Context, generation int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation != generation {
		return nil
	}
	answer, err := untilAnswered(ctx, s.run.logger, "register", func() (*api.RegisterWorkerResponse, error) {
		return call(ctx, s.calls.RegisterWorker, s.run.registerRequest(s.id))
	}, s.isDenied)
	if err != nil {
		return err
	}
	if interval := answer.HeartbeatInterval; interval != nil {
		s.heartbeat = max(10*time.Millisecond, interval.AsDuration())
	}
	if answer.MaxWait != nil {
		s.maxWait = answer.MaxWait.AsDuration()
	}
	if answer.SchemaWanted {
		if err := s.sendSchema(ctx); err != nil {
			return err
		}
	}
	s.generation++
	return nil
}

// isDenied: a token that has never been accepted is not tried again; one that was may come back.
func (s *session) isDenied(err *Error) bool {
	return s.generation == 0 && (err.Code == codes.Unauthenticated || err.Code == codes.PermissionDenied)
}

// sendSchema hands over the descriptors of typed tasks, which the server asked for.
func (s *session) sendSchema(ctx context.Context) error {
	system := api.NewSystemServiceClient(s.run.worker.client.conn)
	request := &api.ApplyTaskDefinitionsRequest{
		Definitions: s.run.worker.registry.definitions(), FileDescriptorSet: s.run.schema.files,
	}
	_, err := untilAnswered(ctx, s.run.logger, "send the schemas", func() (*api.ApplyTaskDefinitionsResponse, error) {
		return call(ctx, system.ApplyTaskDefinitions, request)
	})
	return err
}

// poll asks once for so many tasks, and is not repeated.
func (s *session) poll(ctx context.Context, credit int, wait time.Duration) (*api.PollTasksResponse, error) {
	s.mu.Lock()
	wait = min(wait, s.maxWait)
	s.mu.Unlock()
	request := &api.PollTasksRequest{SessionId: s.id, MaxTasks: int32(credit), Wait: durationpb.New(wait)}
	answer, err := known(ctx, s, func() (*api.PollTasksResponse, error) {
		bounded, cancel := context.WithTimeout(ctx, wait+pollMargin)
		defer cancel()
		return invoke(bounded, s.calls.PollTasks, request)
	})
	s.run.hear(answer.GetLeaseStatuses(), answer.GetDirectives())
	return answer, err
}

// beat sends one heartbeat and is not repeated: the next one carries the same.
func (s *session) beat(ctx context.Context, renewals []*api.LeaseRenewal, freeSlots int, draining bool) error {
	request := &api.HeartbeatRequest{SessionId: s.id, Renewals: renewals, FreeSlots: int32(freeSlots), Draining: draining}
	answer, err := known(ctx, s, func() (*api.HeartbeatResponse, error) { return call(ctx, s.calls.Heartbeat, request) })
	s.run.hear(answer.GetLeaseStatuses(), answer.GetDirectives())
	return err
}

// report repeats until answered or refused as a whole.
func (s *session) report(outcomes []*api.Outcome) ([]*api.OutcomeResult, error) {
	request := &api.ReportOutcomesRequest{SessionId: s.id, Outcomes: outcomes}
	answer, err := repeated(s, "report outcomes", s.calls.ReportOutcomes, request)
	return answer.GetResults(), err
}

// record repeats until answered or refused as a whole.
func (s *session) record(parts []recordPart) error {
	request := &api.RecordEventsRequest{SessionId: s.id}
	for _, part := range parts {
		request.Attempts = append(request.Attempts, &api.AttemptEvents{
			LeaseToken: part.attempt.leased.LeaseToken, FirstIndex: int64(part.slice.firstIndex),
			Events: part.slice.events, Progress: part.slice.progress,
		})
	}
	answer, err := repeated(s, "record events", s.calls.RecordEvents, request)
	s.run.hear(answer.GetLeaseStatuses(), nil)
	return err
}

// unregister ends the session; what is not reported is released.
func (s *session) unregister(timeout time.Duration) (int, error) {
	ctx, cancel := context.WithTimeout(s.run.ctx, timeout)
	defer cancel()
	answer, err := invoke(ctx, s.calls.UnregisterWorker, &api.UnregisterWorkerRequest{SessionId: s.id})
	return int(answer.GetReleasedCount()), err
}

func repeated[Q, A any](s *session, what string, method rpc[Q, A], request *Q) (*A, error) {
	ctx := s.run.ctx
	return untilAnswered(ctx, s.run.logger, what, func() (*A, error) {
		return known(ctx, s, func() (*A, error) { return call(ctx, method, request) })
	})
}

// known makes the call and, where the server does not know the session, registers and makes it again.
func known[A any](ctx context.Context, s *session, method func() (*A, error)) (*A, error) {
	generation := s.registrations()
	answer, err := method()
	if ReasonOf(err) != ReasonSessionNotFound {
		return answer, err
	}
	s.run.logger.Info("the server does not know this session: registering again")
	if err := s.registerAfter(ctx, generation); err != nil {
		return nil, err
	}
	return method()
}

func call[Q, A any](ctx context.Context, method rpc[Q, A], request *Q) (*A, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return invoke(ctx, method, request)
}
