/** Who may call: whoever has the bearer token. */
import { createHash, timingSafeEqual } from "node:crypto";

import { QTasksError } from "../core/errors.ts";

/** Passes or throws TOKEN_INVALID. */
export type Authenticate = (authorization: string | undefined) => void;

/** Compares `Authorization: Bearer …` with the token, in constant time. */
export function bearerAuth(token: string): Authenticate {
  const expected = digest(token);
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (given === undefined) throw refused("send it as the header `authorization: Bearer <token>`");
    if (!timingSafeEqual(digest(given), expected)) throw refused("it is not this server's token");
  };
}

/** Digests have one length, whatever the token's. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function refused(hint: string): QTasksError {
  return new QTasksError("TOKEN_INVALID", `this server asks for a token; ${hint}`);
}
