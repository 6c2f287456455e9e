/**
 * Loaded before a program, gives it a wall clock that jumps when the harness says so, by `{ clock: MS }` from its parent.
 * Timers and `performance.now` go on as on a machine whose time is set.
 */
const RealDate = Date;
let movedMs = 0;

const now = (): number => RealDate.now() + movedMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [], newTarget: typeof RealDate) =>
    args.length === 0
      ? Reflect.construct(target, [now()], newTarget)
      : Reflect.construct(target, args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});

process.on("message", (message: { readonly clock?: number }) => {
  if (message.clock !== undefined) movedMs = message.clock;
});
// The listener alone would keep the program alive.
process.channel?.unref();
