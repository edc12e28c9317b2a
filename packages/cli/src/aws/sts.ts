import { callAws } from "./aws-error.js";
import { type AwsOptions, clientConfig, until } from "./aws-options.js";

export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
}

/** Who the credentials at hand belong to. */
export async function callerIdentity(
  options: AwsOptions = {},
  signal?: AbortSignal,
): Promise<CallerIdentity> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient(clientConfig(options));
  try {
    const { Account = "", Arn = "" } = await callAws(
      "look up whose AWS credentials these are",
      () => client.send(new GetCallerIdentityCommand({}), until(signal)),
      signal,
    );
    return { account: Account, arn: Arn };
  } finally {
    client.destroy();
  }
}
