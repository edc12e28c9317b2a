export { type Assertion, assertThat, interval } from "./assert-that.js";
export { collect } from "./collect.js";
export { elementsAre } from "./elements-are.js";
export { FakeClock } from "./fake-clock.js";
export { TestStream, testStream } from "./test-stream.js";
