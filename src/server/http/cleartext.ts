/** HTTP/1.1 and HTTP/2 with prior knowledge on one cleartext port. */
import http from "node:http";
import type { Http2Server } from "node:http2";
import type { Socket } from "node:net";

/** The first bytes of HTTP/2; no method of HTTP/1 begins with them. */
const PREFACE_START = Buffer.from("PRI");

/** How long a connection may be silent before it says what it speaks, in ms. */
const SILENCE_MS = 60_000;

/**
 * An HTTP/1.1 server that hands connections with HTTP/2's preface to `http2Server`. It owns the
 * port, so that Node's own timeouts for slow HTTP/1.1 clients stay in force.
 */
export function cleartextServer(
  listener: http.RequestListener,
  http2Server: Http2Server,
): http.Server {
  const server = http.createServer(listener);
  const serveHttp1 = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    readFirstBytes(socket, (first) => {
      if (first.equals(PREFACE_START)) return serveHttp2(http2Server, socket);
      for (const serve of serveHttp1) Reflect.apply(serve, server, [socket]);
      return socket.resume();
    });
  });
  return server;
}

function serveHttp2(server: Http2Server, socket: Socket): void {
  // HTTP/1.1 servers keep half-closed sockets; an HTTP/2 session would hold this one for ever.
  socket.allowHalfOpen = false;
  // The session takes what the socket holds by itself; resumed, the socket would lose it.
  server.emit("connection", socket);
}

/** Calls back with the first three bytes, which stay in the socket; never if there aren't three. */
function readFirstBytes(socket: Socket, done: (first: Buffer) => void): void {
  let received = Buffer.alloc(0);
  const destroy = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < PREFACE_START.length) return;
    socket.pause();
    socket.off("data", onData).off("error", destroy).off("end", destroy).off("timeout", destroy);
    socket.setTimeout(0);
    socket.unshift(received);
    done(received.subarray(0, PREFACE_START.length));
  };
  socket.on("data", onData).on("error", destroy).on("end", destroy).on("timeout", destroy);
  socket.setTimeout(SILENCE_MS);
}
