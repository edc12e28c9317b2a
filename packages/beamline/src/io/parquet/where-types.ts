/** Values with an order that Parquet's statistics have, too. */
export type Comparable = number | bigint | string | Date;

/** What a field must lie between, both ends included. Null never does. */
export interface Between<V> {
  readonly atLeast?: V;
  readonly atMost?: V;
}

/** Limits by field. */
export type Where<T> = {
  readonly [Name in keyof T & string as NonNullable<T[Name]> extends Comparable
    ? Name
    : never]?: Between<NonNullable<T[Name]>>;
};
