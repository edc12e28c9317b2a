/**
 * Event time is milliseconds since the Unix epoch in a plain number.
 *
 * Beam's three extreme instants are derived from 64-bit microseconds and lie beyond 2^53, where
 * doubles are two apart. Each constant below is the double nearest to Beam's value and stands for
 * exactly that value: the timestamp coder maps them to and from the exact integers
 * (±9223372036854775 and 9223371950454775). Nothing else in the system may come near them.
 */
export type Timestamp = number;

/** `BoundedWindow.TIMESTAMP_MIN_VALUE`: -9223372036854775 ms on the wire. */
export const MIN_TIMESTAMP: Timestamp = -9_223_372_036_854_776;

/** `BoundedWindow.TIMESTAMP_MAX_VALUE`: 9223372036854775 ms on the wire. */
export const MAX_TIMESTAMP: Timestamp = 9_223_372_036_854_776;

/** Last instant of the global window, one day before {@link MAX_TIMESTAMP}: 9223371950454775 ms on the wire. */
export const END_OF_GLOBAL_WINDOW: Timestamp = 9_223_371_950_454_776;
