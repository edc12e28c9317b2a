/** A statement of an IAM policy. */
export interface Statement {
  /** Letters and digits: says what it is for. */
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

/** What may act as a role, as its trust policy says it. */
export interface TrustStatement {
  readonly Effect: "Allow";
  readonly Principal: { readonly Service: string } | { readonly Federated: string };
  readonly Action: readonly string[];
  readonly Condition?: Condition;
}

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface PolicyDocument<S = Statement> {
  readonly Version: "2012-10-17";
  readonly Statement: readonly S[];
}

export function policy<S>(statements: readonly S[]): PolicyDocument<S> {
  return { Version: "2012-10-17", Statement: statements };
}

/** `arn:aws`, or that of the partition in which a region is. */
export function partitionOf(region: string | undefined): string {
  if (region?.startsWith("cn-") === true) return "arn:aws-cn";
  if (region?.startsWith("us-gov-") === true) return "arn:aws-us-gov";
  return "arn:aws";
}
