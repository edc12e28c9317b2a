import { RowCoder } from "../../coders/row/row-coder.js";
import { logicalTypeUrns } from "../../coders/row/row-schema.js";
import { count } from "../../combiners/count.js";
import { max } from "../../combiners/max.js";
import { sum } from "../../combiners/sum.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import { ofField } from "../../schema/aggregate.js";
import { type Row, row } from "./row.js";

interface Order {
  readonly user: string;
  readonly amount: number;
  readonly note?: string;
  readonly to: { readonly city: string; readonly tags: string[] } | null;
  readonly at: Date;
}

/** What `schema(z.object(...))` makes; the table needs no zod. */
const ORDER = new RowCoder<Order>({
  fields: [
    { name: "user", type: { kind: "atomic", type: "string" } },
    { name: "amount", type: { kind: "atomic", type: "double" } },
    { name: "note", type: { kind: "atomic", type: "string", nullable: true }, isOptional: true },
    {
      name: "to",
      type: {
        kind: "row",
        nullable: true,
        schema: {
          fields: [
            { name: "city", type: { kind: "atomic", type: "string" } },
            {
              name: "tags",
              type: { kind: "array", element: { kind: "atomic", type: "string" } },
            },
          ],
        },
      },
    },
    {
      name: "at",
      type: {
        kind: "logical",
        urn: logicalTypeUrns.millisInstant,
        representation: { kind: "atomic", type: "int64" },
      },
    },
  ],
});

const ORDERS: readonly Order[] = [
  { user: "ann", amount: 1.5, to: { city: "Rome", tags: ["a", "b"] }, at: new Date(0) },
  { user: "bob", amount: 2, note: "late", to: null, at: new Date(1e12) },
  { user: "ann", amount: 3, to: { city: "Oslo", tags: [] }, at: new Date(-1) },
];

const USERS = [
  { user: "ann", age: 30 },
  { user: "eve", age: 40 },
];

const USER = new RowCoder<(typeof USERS)[number]>({
  fields: [
    { name: "user", type: { kind: "atomic", type: "string" } },
    { name: "age", type: { kind: "atomic", type: "int32" } },
  ],
});

function orders(p: Pipeline): PCollection<Order> {
  return p.create<Order>("Orders", ORDERS, { coder: ORDER });
}

/** Rows with fields. */
export const SCHEMA_ROWS: readonly Row[] = [
  row("rows", (p) => orders(p).reshuffle(), ORDERS),
  row<unknown>("rows-select", (p) => orders(p).select("user", "to.city", "note").reshuffle(), [
    { user: "ann", city: "Rome" },
    { user: "bob", city: null, note: "late" },
    { user: "ann", city: "Oslo" },
  ]),
  row(
    "rows-group-by",
    (p) =>
      orders(p)
        .groupBy("user")
        .aggregate({
          total: ofField("amount", sum()),
          n: count(),
          last: ofField("at", max<Date>()),
        }),
    [
      { user: "ann", total: 4.5, n: 2, last: new Date(0) },
      { user: "bob", total: 2, n: 1, last: new Date(1e12) },
    ],
  ),
  row<unknown>(
    "rows-group-by-nested",
    (p) => orders(p).groupBy("to.city", "user").aggregate({ n: count() }),
    [
      { city: "Rome", user: "ann", n: 1 },
      { city: "Oslo", user: "ann", n: 1 },
      { city: null, user: "bob", n: 1 },
    ],
  ),
  row<unknown>(
    "rows-join-on",
    (p) => {
      const users = p.create("Users", USERS);
      return orders(p).select("user", "amount").joinOn(users, ["user"]);
    },
    [
      { user: "ann", amount: 1.5, age: 30 },
      { user: "ann", amount: 3, age: 30 },
    ],
  ),
  ...(["left", "right", "full"] as const).map((side) =>
    row<unknown>(
      `rows-${side}-join-on`,
      (p) => {
        const users = p.create("Users", USERS, { coder: USER });
        return orders(p).select("user", "amount")[`${side}JoinOn` as const](users, ["user"]);
      },
      [
        { user: "ann", amount: 1.5, age: 30 },
        { user: "ann", amount: 3, age: 30 },
        ...(side === "right" ? [] : [{ user: "bob", amount: 2 }]),
        ...(side === "left" ? [] : [{ user: "eve", age: 40 }]),
      ],
    ),
  ),
  row(
    "rows-as-keys",
    (p) =>
      orders(p)
        .flatMap((order) => [order, { ...order }])
        .distinct(),
    ORDERS,
  ),
];
