import { coGroupByKey, combineFn, DoFn, definePipeline, type ProcessContext, text } from "beamline";
import { z } from "zod";

/** One request of an access log in the Common Log Format. */
interface Request {
  readonly user: string;
  readonly status: number;
  readonly bytes: number;
}

/** Parses log lines; those that are none go to the output `malformed`. */
class ParseLog extends DoFn<string, Request, { malformed: string }> {
  override process(line: string, ctx: ProcessContext<Request, { malformed: string }>): void {
    const fields = /^\S+ \S+ (\S+) \[[^\]]+\] "[^"]*" (\d{3}) (\d+|-)$/.exec(line);
    const [, user, status, bytes] = fields ?? [];
    if (user === undefined) {
      ctx.counter("malformed").inc();
      ctx.outputTo("malformed", line);
      return;
    }
    ctx.output({ user, status: Number(status), bytes: bytes === "-" ? 0 : Number(bytes) });
  }
}

interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
}

const totals = combineFn<Request, Totals, Totals>({
  name: "Totals",
  create: () => ({ requests: 0, errors: 0, bytes: 0 }),
  add: (sum, { status, bytes }) => ({
    requests: sum.requests + 1,
    errors: sum.errors + (status >= 500 ? 1 : 0),
    bytes: sum.bytes + bytes,
  }),
  merge: (a, b) => ({
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    bytes: a.bytes + b.bytes,
  }),
  extract: (sum) => sum,
});

/** Reports traffic per country: a log joined with the table of its users. */
export default definePipeline({
  name: "log-report",
  description: "Requests, errors and bytes per country, from an access log and a table of users.",
  options: z.object({
    logs: z.string().describe("Access logs in the Common Log Format; .gz is read as well"),
    users: z.string().describe("CSV of user,country"),
    output: z.string().describe("Prefix of the report"),
  }),
  build(p, { logs, users, output }) {
    const parsed = p
      .apply("ReadLogs", text.read(logs))
      .parDo("Parse", () => new ParseLog(), ["malformed"]);
    const countries = p
      .apply("ReadUsers", text.read(users))
      .map("ParseUser", (line): [string, string] => {
        const [user = "", country = ""] = line.split(",");
        return [user.trim(), country.trim()];
      });

    // Added up per user first: the join then meets one record a user, not one a request.
    const perUser = parsed.out
      .keyBy("ByUser", (request) => request.user)
      .combinePerKey("PerUser", totals);

    coGroupByKey("Join", { countries, traffic: perUser })
      .flatMap(
        "Country",
        ([
          ,
          {
            countries: [country = "unknown"],
            traffic,
          },
        ]) => traffic.map((sum): [string, Totals] => [country, sum]),
      )
      .combinePerKey("PerCountry", {
        ...totals,
        add: (sum: Totals, more: Totals) => totals.merge(sum, more),
      })
      .map(
        "Format",
        ([country, { requests, errors, bytes }]) => `${country},${requests},${errors},${bytes}`,
      )
      .apply(
        "WriteReport",
        text.write(output, { suffix: ".csv", shards: 1, header: "country,requests,errors,bytes" }),
      );

    parsed.malformed.apply(
      "WriteMalformed",
      text.write(`${output}-malformed`, { suffix: ".log", shards: 1 }),
    );
  },
});
