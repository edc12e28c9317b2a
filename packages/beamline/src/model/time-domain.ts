/** Which clock a timer or trigger follows: the watermark, or the time of day. */
export type TimeDomain = "event-time" | "processing-time";
