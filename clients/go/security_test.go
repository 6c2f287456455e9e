package qtasks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

func TestTLSAndToken(t *testing.T) {
	t.Parallel()
	certFile, keyFile, authorities := makeCertificate(t)
	args := []string{"--token", "secret", "--tls-cert", certFile, "--tls-key", keyFile}
	address := startServer(t, serverOptions{args: args}).address
	trusting := qtasks.WithTLS(&tls.Config{RootCAs: authorities})

	b := setupAt(t, address, trusting, qtasks.WithToken("secret"))
	b.define("secured")
	b.enqueue(b.name("secured"), nil)

	wrong := setupAt(t, address, trusting, qtasks.WithToken("other"))
	_, err := wrong.client.Get(wrong.ctx, "x")
	equal(wrong, "code", status.Code(err), codes.Unauthenticated)
	equal(wrong, "reason", qtasks.ReasonOf(err), qtasks.ReasonTokenInvalid)
	worker := wrong.worker(qtasks.WorkerOptions{})
	equal(wrong, "reason of the worker", qtasks.ReasonOf(worker.Start(wrong.ctx)), qtasks.ReasonTokenInvalid)

	distrusting := setupAt(t, address, qtasks.WithTLS(&tls.Config{}), qtasks.WithToken("secret"), qtasks.WithPatience(0))
	_, err = distrusting.client.Get(distrusting.ctx, "x")
	equal(distrusting, "reason", qtasks.ReasonOf(err), qtasks.ReasonServerUnreachable)
}

// makeCertificate makes one of this machine, signed by itself.
func makeCertificate(t *testing.T) (certFile, keyFile string, authorities *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	keyBytes, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	parsed, err := x509.ParseCertificate(cert)
	must(t, err)
	authorities = x509.NewCertPool()
	authorities.AddCert(parsed)
	return writePEM(t, "CERTIFICATE", cert), writePEM(t, "PRIVATE KEY", keyBytes), authorities
}

func writePEM(t *testing.T, kind string, bytes []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600))
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
