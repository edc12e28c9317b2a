import { Client, credentials, Metadata as GrpcMetadata, status as grpcStatus } from "@grpc/grpc-js";
import type { ByteCallOptions, ByteClient } from "../byte-call.js";
import { OK } from "../transport-error.js";
import { statusFromGrpc } from "./grpc-status.js";

/** What one HTTP/2 stream, and one connection, may have under way: enough for messages of 1 MB. */
const WINDOW_BYTES = 8 * 1024 * 1024;

const CHANNEL_OPTIONS = {
  // Beam's elements have no largest size, so neither have messages.
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc-node.flow_control_window": WINDOW_BYTES,
  // One connection for each transport: data must not hold back control.
  "grpc.use_local_subchannel_pool": 1,
  // Runners are on this machine or in the same cluster.
  "grpc.enable_http_proxy": 0,
  // Servers that have only just been started are found soon.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 5000,
};

const identity = (bytes: Buffer): Buffer => bytes;

/** Calls a gRPC server, without TLS. */
export function grpcClient(address: string): ByteClient {
  const client = new Client(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  return {
    open(path, options, listener) {
      const call = client.makeBidiStreamRequest<Buffer, Buffer>(
        path,
        identity,
        identity,
        metadataOf(options),
        options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs },
      );
      let status = OK;
      let over = false;
      // A call without a listener for data reads on without bound.
      call.on("data", (bytes: Buffer) => {
        if (!over) listener.message(bytes);
      });
      // Also told by 'status'; without a listener here it would be thrown.
      call.on("error", () => undefined);
      call.on("status", ({ code, details }) => {
        if (over) return;
        status = statusFromGrpc(code, code === grpcStatus.OK ? "" : details);
        listener.sendingIsOver(status);
      });
      // Comes after the status, once all messages have been read.
      call.on("end", () => {
        if (over) return;
        over = true;
        listener.closed(status);
      });
      return {
        write: (bytes, flushed) => {
          if (!call.writable) return;
          call.write(bytes, () => flushed());
        },
        end: () => {
          call.end();
        },
        pause: () => {
          call.pause();
        },
        resume: () => {
          call.resume();
        },
        cancel: () => {
          over = true;
          call.cancel();
          call.resume();
        },
      };
    },
    close: () => client.close(),
  };
}

function metadataOf({ metadata, waitForReady }: ByteCallOptions): GrpcMetadata {
  const result = new GrpcMetadata({ waitForReady: waitForReady ?? false });
  for (const [name, value] of Object.entries(metadata)) result.set(name, value);
  return result;
}
