import { definePipeline, parquet, schema } from "beamline";
import { kv, varint } from "beamline/coders";
import { z } from "zod";

const Order = z.object({ id: z.int(), key: z.int(), amount: z.number() });
const User = z.object({ key: z.int(), name: z.string(), country: z.string() });
const Name = schema(User.omit({ key: true }));
const Joined = Order.extend({ name: z.string(), country: z.string() });

/**
 * Orders with the name and country of their users. The users are the small side: each worker looks
 * them up by key, so that the orders need no shuffle.
 */
export default definePipeline({
  name: "bench-join",
  options: z.object({
    orders: z.string().describe("Parquet files of orders"),
    users: z.string().describe("Parquet files of users"),
    output: z.string().describe("Prefix of the Parquet files to write"),
  }),
  build(p, { orders, users, output }) {
    const byKey = p
      .apply("Users", parquet.read(users, User))
      .map("ByKey", ({ key, name, country }) => [key, { name, country }])
      .withCoder(kv(varint, Name.coder))
      .asMap();
    p.apply("Orders", parquet.read(orders, Order))
      .flatMap(
        "Join",
        (order, { side }) => {
          const user = side.users.get(order.key);
          if (user === undefined) return [];
          // Spelled out: a spread with more properties behind it takes V8 several times as long.
          const { id, key, amount } = order;
          return [{ id, key, amount, name: user.name, country: user.country }];
        },
        { side: { users: byKey } },
      )
      .apply(parquet.write(output, { schema: Joined }));
  },
});
