/** The longest delay of a timer, in ms; it is over 24 days. In a file of its own, because browsers need it too. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
