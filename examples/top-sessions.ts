import { definePipeline, text } from "beamline";
import { z } from "zod";

interface Session {
  readonly user: string;
  readonly start: string;
  readonly minutes: number;
  readonly pages: number;
}

/** Cuts the times of one user's visits wherever more than `gap` milliseconds pass without one. */
function sessionsOf(user: string, visits: Iterable<number>, gap: number): Session[] {
  const times = [...visits].sort((a, b) => a - b);
  const sessions: Session[] = [];
  let start = 0;
  for (const [i, time] of times.entries()) {
    const next = times[i + 1];
    if (next !== undefined && next - time <= gap) continue;
    const first = times[start] ?? time;
    sessions.push({
      user,
      start: new Date(first).toISOString(),
      minutes: Math.round((time - first) / 60_000),
      pages: i + 1 - start,
    });
    start = i + 1;
  }
  return sessions;
}

/** Finds the longest visits to a site. */
export default definePipeline({
  name: "top-sessions",
  description: "The longest sessions in a log of page views, one line of JSON a session.",
  options: z.object({
    input: z.string().describe("Page views, one a line: ISO time, user, page, separated by tabs"),
    output: z.string().describe("Prefix of the files to write"),
    gapMinutes: z.number().positive().default(30).describe("Idle time that ends a session"),
    top: z.int().min(1).default(10).describe("Sessions to report"),
  }),
  build(p, { input, output, gapMinutes, top }) {
    p.apply(text.read(input))
      .flatMap("Parse", (line, ctx): [string, number][] => {
        const [time = "", user] = line.split("\t");
        const at = Date.parse(time);
        if (user !== undefined && !Number.isNaN(at)) return [[user, at]];
        ctx.counter("malformed").inc();
        return [];
      })
      .groupByKey()
      .flatMap("Sessions", ([user, visits]) => sessionsOf(user, visits, gapMinutes * 60_000))
      .top(
        "Longest",
        top,
        (a, b) => a.minutes - b.minutes || a.pages - b.pages || (a.start > b.start ? -1 : 1),
      )
      .flatMap("Each", (sessions) => sessions)
      .map("Format", (session) => JSON.stringify(session))
      .apply(text.write(output, { suffix: ".jsonl" }));
  },
});
