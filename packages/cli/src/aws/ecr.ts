import { AwsError, callAws } from "./aws-error.js";
import { type AwsOptions, clientConfig, until } from "./aws-options.js";

/** A private registry of AWS's. */
export interface EcrRegistry {
  readonly account: string;
  readonly region: string;
}

const HOST = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/** Reads a registry's host name; undefined when it is no ECR. */
export function ecrRegistry(host: string): EcrRegistry | undefined {
  const [, account, region] = HOST.exec(host) ?? [];
  return account === undefined || region === undefined ? undefined : { account, region };
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** Repositories and logins of one ECR. */
export class Ecr {
  private readonly registry: EcrRegistry;
  private readonly options: AwsOptions;

  constructor(registry: EcrRegistry, options: AwsOptions = {}) {
    this.registry = registry;
    this.options = options;
  }

  /** Good for twelve hours. */
  async login(signal?: AbortSignal): Promise<RegistryLogin> {
    return this.with("log in to ECR", signal, async (sdk, client) => {
      const { authorizationData: [data] = [] } = await client.send(
        new sdk.GetAuthorizationTokenCommand({}),
        until(signal),
      );
      const token = Buffer.from(data?.authorizationToken ?? "", "base64").toString();
      const colon = token.indexOf(":");
      return { username: token.slice(0, colon), password: token.slice(colon + 1) };
    });
  }

  async hasRepository(name: string, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.with(`look for the ECR repository ${name}`, signal, (sdk, client) =>
        client.send(
          new sdk.DescribeRepositoriesCommand({
            registryId: this.registry.account,
            repositoryNames: [name],
          }),
          until(signal),
        ),
      );
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.fault === "RepositoryNotFoundException") return false;
      throw error;
    }
  }

  /** Returns whether it had to be created. */
  async ensureRepository(
    name: string,
    tags: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<boolean> {
    if (await this.hasRepository(name, signal)) return false;
    try {
      await this.with(`create the ECR repository ${name}`, signal, (sdk, client) =>
        client.send(
          new sdk.CreateRepositoryCommand({
            registryId: this.registry.account,
            repositoryName: name,
            tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
          until(signal),
        ),
      );
      return true;
    } catch (error) {
      // Someone else was quicker.
      if (isFault(error, "RepositoryAlreadyExistsException")) return false;
      throw error;
    }
  }

  /** With all images in it. Returns whether there was one. */
  async deleteRepository(name: string, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.with(`delete the ECR repository ${name}`, signal, (sdk, client) =>
        client.send(
          new sdk.DeleteRepositoryCommand({
            registryId: this.registry.account,
            repositoryName: name,
            force: true,
          }),
          until(signal),
        ),
      );
      return true;
    } catch (error) {
      if (isFault(error, "RepositoryNotFoundException")) return false;
      throw error;
    }
  }

  private async with<T>(
    action: string,
    signal: AbortSignal | undefined,
    call: (sdk: EcrSdk, client: InstanceType<EcrSdk["ECRClient"]>) => Promise<T>,
  ): Promise<T> {
    const sdk = await import("@aws-sdk/client-ecr");
    const { region } = this.registry;
    const client = new sdk.ECRClient(clientConfig({ region, ...this.options }));
    try {
      return await callAws(action, () => call(sdk, client), signal);
    } finally {
      client.destroy();
    }
  }
}

type EcrSdk = typeof import("@aws-sdk/client-ecr");

function isFault(error: unknown, fault: string): boolean {
  return error instanceof AwsError && error.fault === fault;
}
