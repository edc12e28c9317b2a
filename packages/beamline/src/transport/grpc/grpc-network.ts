import { createTransport } from "../client.js";
import type { Network } from "../transport.js";
import { grpcClient } from "./grpc-client.js";
import { grpcServer } from "./grpc-server.js";

/**
 * gRPC without TLS. Addresses are `host:port` or `unix:/path`, messages have no largest size, and
 * each transport has a connection of its own.
 */
export const grpcNetwork: Network = {
  connect: (address, options) => createTransport(address, grpcClient(address), options),
  listen: grpcServer,
};
