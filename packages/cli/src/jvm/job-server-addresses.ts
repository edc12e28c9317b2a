/** Where the services of a job server listen, as `host:port`. */
export interface JobServerAddresses {
  readonly job: string;
  readonly artifact: string;
  readonly expansion: string;
}

const SERVICES: readonly (readonly [name: keyof JobServerAddresses, line: RegExp])[] = [
  ["artifact", /\bArtifactStagingService started on (\S+:\d+)/],
  ["expansion", /\bJava ExpansionService started on (\S+:\d+)/],
  ["job", /\bJobService started on (\S+:\d+)/],
];

/** Learns the addresses from the server's log, line by line; complete once all three were seen. */
export class AddressReader {
  private readonly found: Partial<Record<keyof JobServerAddresses, string>> = {};

  read(line: string): JobServerAddresses | undefined {
    for (const [name, pattern] of SERVICES) {
      const [, address] = pattern.exec(line) ?? [];
      if (address !== undefined) this.found[name] = address;
    }
    const { job, artifact, expansion } = this.found;
    if (job === undefined || artifact === undefined || expansion === undefined) return undefined;
    return { job, artifact, expansion };
  }
}
