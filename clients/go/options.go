package qtasks

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// DefaultAddress is where a server listens unless told otherwise.
const DefaultAddress = "127.0.0.1:50051"

// Option is an option of [Dial] and [DialDurable].
type Option func(*dialOptions)

type dialOptions struct {
	tls      *tls.Config
	token    string
	insecure bool
	timeout  time.Duration
	patience time.Duration
	grpc     []grpc.DialOption
}

// WithTLS protects the connection; an empty config trusts the system's authorities. Default: no TLS.
func WithTLS(config *tls.Config) Option { return func(o *dialOptions) { o.tls = config } }

// WithToken sends "authorization: Bearer TOKEN" with every call. Beyond this machine it needs TLS.
func WithToken(token string) Option { return func(o *dialOptions) { o.token = token } }

// WithInsecureToken allows a token to be sent beyond this machine without TLS.
func WithInsecureToken() Option { return func(o *dialOptions) { o.insecure = true } }

// WithCallTimeout limits each call that does not wait for tasks. Default 30 s.
func WithCallTimeout(timeout time.Duration) Option {
	return func(o *dialOptions) { o.timeout = timeout }
}

// WithPatience sets how long enqueues, awaits and watches are repeated while no server answers; that is
// safe, since every enqueue carries a task id. Default 30 s; 0 gives up at once.
func WithPatience(patience time.Duration) Option {
	return func(o *dialOptions) { o.patience = patience }
}

// WithDialOptions adds options of grpc-go, after those of this package.
func WithDialOptions(options ...grpc.DialOption) Option {
	return func(o *dialOptions) { o.grpc = append(o.grpc, options...) }
}

func resolveOptions(address string, options []Option) (*dialOptions, error) {
	resolved := &dialOptions{timeout: 30 * time.Second, patience: 30 * time.Second}
	for _, option := range options {
		option(resolved)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, configError("address: expected HOST:PORT, such as %s, not %q", DefaultAddress, address)
	}
	if resolved.timeout <= 0 {
		return nil, configError("call timeout: must be more than 0, got %s", resolved.timeout)
	}
	if resolved.token != "" && resolved.tls == nil && !resolved.insecure && !isLoopback(host) {
		return nil, configError("token: can't be sent to %s without TLS, unless by WithInsecureToken", address)
	}
	return resolved, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// maxReceiveBytes is above the 4 MiB that servers cap their answers by, a limit that may be set higher.
const maxReceiveBytes = 64 << 20

// retryBufferBytes lets every call that fits a server's limit be sent again; grpc-go keeps 256 KiB else.
const retryBufferBytes = 8 << 20

// dial opens a connection with the retry policy of a service config. Nothing is sent before the first call.
func (o *dialOptions) dial(address, serviceConfig string, extra ...grpc.DialOption) (*grpc.ClientConn, error) {
	reconnect := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(o.transport()),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDisableServiceConfig(),
		grpc.WithMaxCallAttempts(maxDurableAttempts),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: 5 * time.Second}),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(maxReceiveBytes), grpc.MaxRetryRPCBufferSize(retryBufferBytes)),
		grpc.WithIdleTimeout(0),
		// Above the grace that servers give to draining connections: a ping then would kill their calls.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: time.Minute, Timeout: 20 * time.Second}),
		grpc.WithUserAgent("qtasks-go/" + Version),
	}
	if o.token != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer{o.token, o.tls != nil}))
	}
	options = append(append(options, extra...), o.grpc...)
	return grpc.NewClient(address, options...)
}

func (o *dialOptions) transport() credentials.TransportCredentials {
	if o.tls == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(o.tls)
}

// bearer sends a token with every call.
type bearer struct {
	token  string
	secure bool
}

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

func (b bearer) RequireTransportSecurity() bool { return b.secure }
