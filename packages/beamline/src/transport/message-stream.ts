/** Text that goes along with a call, such as `worker_id`. Names are in lower case. */
export type Metadata = Readonly<Record<string, string>>;

/** One side of a stream of messages in both directions. */
export interface MessageStream<In, Out> {
  /**
   * What the other side sends. One reader only. At most `receiveBufferBytes` wait here to be read,
   * then the other side is held back. Ends with the stream, or throws a `TransportError`.
   */
  readonly messages: AsyncIterable<In>;
  /**
   * Sends a message. Returns undefined while there is room for more, else a promise: wait for it
   * before sending again, and no more than `sendBufferBytes` and one message wait to be sent. It
   * rejects with a `TransportError` when the call has failed; ignoring it is safe.
   */
  send(message: Out): Promise<void> | undefined;
}
