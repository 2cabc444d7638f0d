// Loaded ahead of a process: its clock differs by CLOCK_SHIFT_MS from the clock of the host. Its timers,
// which use the monotonic clock, do not change.
const shift = Number(process.env.CLOCK_SHIFT_MS);
const { now } = Date;
const shiftedNow = () => now() + shift;

globalThis.Date = new Proxy(Date, {
  get: (target, name) => (name === 'now' ? shiftedNow : Reflect.get(target, name)),
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [shiftedNow()] : given, made),
});
