/** Where AWS's services are, and who asks; what is not given comes from AWS's own conventions. */
export interface AwsOptions {
  readonly region?: string | undefined;
  /** Another server in place of AWS's: MinIO, moto. */
  readonly endpoint?: string | undefined;
  /** Of the shared configuration files. */
  readonly profile?: string | undefined;
}

/** The configuration of a client of AWS's: variables and files fill in what `options` leave out. */
export function clientConfig({ region, endpoint, profile }: AwsOptions) {
  // What it says of old releases of Node is nothing that a reader can act on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** The option of a call that ends it with the signal. */
export function until(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
