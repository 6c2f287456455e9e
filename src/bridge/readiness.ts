/** Whether the target takes calls: it is connected, and its health service, if it has one, says that it serves. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectivityState } from "@grpc/grpc-js";
import type { GrpcChannel } from "../client/channel.ts";
import { ServingStatus } from "./serving-status.ts";

/** How long a connection may take to be seen broken after its calls are, in ms. */
const SEEN_MS = 100;
/** How often the connection is looked at beside the channel's own word, in ms. It keeps the process alive, too. */
const LOOK_MS = 5_000;

export class Readiness {
  readonly #channel: GrpcChannel;
  readonly #onChange: (ready: boolean) => void;
  #statuses: ServingStatus[] = [];
  #connected = false;
  #lostAt = -Infinity;
  #ready = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** `onChange` hears of each change, from not being ready at first. */
  constructor(channel: GrpcChannel, onChange: (ready: boolean) => void) {
    this.#channel = channel;
    this.#onChange = onChange;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Whether the connection breaks about now; for a call over it that has just ended. */
  async isLost(): Promise<boolean> {
    const since = performance.now() - SEEN_MS;
    if (this.#connected && this.#lostAt < since) await sleep(SEEN_MS);
    return !this.#connected || this.#lostAt >= since;
  }

  /** Follows the connection, which it keeps open, and the health of these services beside that of the whole server. */
  start(services: readonly string[]): void {
    const look = (): void => this.#look();
    this.#statuses = ["", ...services].map((name) => new ServingStatus(this.#channel, name, look));
    this.#timer = setInterval(() => this.#connect(), LOOK_MS);
    this.#follow();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const status of this.#statuses) status.stop();
  }

  #follow(): void {
    if (this.#stopped) return;
    const state = this.#connect();
    const channel = this.#channel.client.getChannel();
    channel.watchConnectivityState(state, Infinity, () => this.#follow());
  }

  /** Connects where it is not. */
  #connect(): connectivityState {
    const state = this.#channel.client.getChannel().getConnectivityState(true);
    this.#setConnected(state === connectivityState.READY);
    return state;
  }

  #setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    if (!connected) this.#lostAt = performance.now();
    for (const status of this.#statuses) {
      if (connected) status.start();
      else status.stop();
    }
    this.#look();
  }

  #look(): void {
    const ready = this.#connected && this.#statuses.every(({ serves }) => serves);
    if (this.#stopped || this.#ready === ready) return;
    this.#ready = ready;
    this.#onChange(ready);
  }
}
