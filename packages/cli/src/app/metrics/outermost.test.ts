import { expect, test } from "vitest";
import { outermost } from "./outermost.js";

test("outermost names what people have applied, the most first", () => {
  const elements = [
    { pcollection: "Format.out", value: 5 },
    { pcollection: "Split/FindAll.out", value: 70 },
    { pcollection: "Count/Key.out", value: 70 },
    { pcollection: "Count/Merge.out", value: 5 },
    { pcollection: "Parse.out", value: 9 },
    { pcollection: "Parse.bad", value: 1 },
    { pcollection: "Orders/Parse.bad", value: 12 },
  ];
  expect(outermost(elements)).toEqual([
    { transform: "Split", value: 70 },
    { transform: "Parse", value: 9 },
    { transform: "Format", value: 5 },
    { transform: "Parse.bad", value: 1 },
  ]);
});
