/** Certificates for tests. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { tempFolder } from "./temp.ts";

/** A self-signed certificate for localhost, as PEM files. */
export function certificate(): { readonly certFile: string; readonly keyFile: string } {
  const folder = tempFolder();
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1";
  const names = "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
  const files = ["-keyout", keyFile, "-out", certFile];
  execFileSync("openssl", [...`${request} ${names}`.split(" "), ...files], { stdio: "ignore" });
  return { certFile, keyFile };
}
