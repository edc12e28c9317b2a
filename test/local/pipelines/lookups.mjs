import { definePipeline, generateSequence, schema } from "beamline";
import { kv, stringUtf8, varint } from "beamline/coders";
import { elementsAre } from "beamline/testing";
import { z } from "zod";

const User = schema(z.object({ name: z.string(), country: z.string() }));

/**
 * Looks users up in the side: by numbers that lie close together, by strings, or with several rows
 * for each. Every row that is found is checked.
 */
export const pipeline = definePipeline({
  name: "lookups",
  options: z.object({
    by: z.enum(["number", "string", "several"]),
    users: z.number().int(),
    lookups: z.number().int(),
  }),
  build(p, { by, users, lookups }) {
    /** @param {number} n */
    const userOf = (n) => ({
      name: `user ${n} ${"of many ".repeat(n % 8)}`,
      country: `C${n % 50}`,
    });
    const all = p.apply("Users", generateSequence({ from: 0, to: users }));
    const numbers = p.apply("Lookups", generateSequence({ from: 0, to: lookups }));
    /** @param {{ readonly name: string, readonly country: string } | undefined} user */
    const check = (user, /** @type {number} */ n) => {
      const { name, country } = userOf(n);
      if (user?.name === name && user.country === country) return 1;
      throw new Error(`user ${n} is ${JSON.stringify(user)}`);
    };
    /** In no order. */
    const wanted = (/** @type {number} */ i) => (i * 7919) % users;
    const found = () => {
      if (by === "several") {
        const table = all
          .flatMap("Twice", (n) => [n, n].map((each) => [`key ${each >> 1}`, userOf(each)]))
          .withCoder(kv(stringUtf8, User.coder))
          .asMultimap();
        return numbers.flatMap(
          "Several",
          (i, { side }) => {
            const n = wanted(i);
            const ofKey = [...side.table.get(`key ${n >> 1}`)];
            const others = [n, n ^ 1].filter((each) => each < users);
            if (ofKey.length !== 2 * others.length) throw new Error(`${ofKey.length} of ${n}`);
            return [
              check(
                ofKey.find(({ name }) => name === userOf(n).name),
                n,
              ),
            ];
          },
          { side: { table } },
        );
      }
      const keyed = all.map("ByKey", (n) => [by === "number" ? n : `key ${n}`, userOf(n)]);
      const keys = /** @type {import("beamline/coders").Coder<string | number>} */ (
        /** @type {unknown} */ (by === "number" ? varint : stringUtf8)
      );
      const table = keyed.withCoder(kv(keys, User.coder)).asMap();
      return numbers.map(
        "Find",
        (i, { side }) => {
          const n = wanted(i);
          if (side.table.get(by === "number" ? -1 - n : `no ${n}`) !== undefined) {
            throw new Error(`found what is not there, at ${n}`);
          }
          return check(side.table.get(by === "number" ? n : `key ${n}`), n);
        },
        { side: { table } },
      );
    };
    found()
      .combineGlobally("Count", {
        create: () => 0,
        add: (a, b) => a + b,
        merge: (a, b) => a + b,
        extract: (a) => a,
      })
      .apply(elementsAre([lookups]));
  },
});
