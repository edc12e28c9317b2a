import { expect, test } from "vitest";
import { diagnose } from "./known-causes.js";
import { shortestCause } from "./shortest-cause.js";

test.each([
  ["java.lang.IllegalStateException: Process died with exit code 137", "exit code 137"],
  ["java.lang.ClassNotFoundException: org.acme.Foo", "Java can't find the class org.acme.Foo"],
  ["java.lang.NoClassDefFoundError: scala/Serializable", "the class scala.Serializable"],
  [
    "java.io.InvalidClassException: org.apache.spark.rdd.RDD; local class incompatible: serialVersionUID = 1",
    "org.apache.spark.rdd.RDD is not the same in the job server and on the cluster",
  ],
  [
    "java.lang.IllegalArgumentException: Transform Read has unknown URN beam:transform:foo:v1",
    "the runner does not know the transform beam:transform:foo:v1",
  ],
  [
    `java.lang.IllegalAccessError: class A cannot access B because module java.base does not "opens sun.nio.ch" to unnamed module`,
    "Java keeps the package sun.nio.ch closed",
  ],
  ["java.lang.OutOfMemoryError: Java heap space", "out of memory (Java heap space)"],
  [`java.io.IOException: No FileSystem for scheme "s3"`, "no file system for s3://"],
  [
    `java.io.IOException: Cannot run program "/opt/boot": error=13, Permission denied`,
    "can't start the workers' command /opt/boot (Permission denied)",
  ],
  [
    "io.grpc.StatusRuntimeException: CANCELLED: call already cancelled. Use ServerCallStreamObserver",
    "a worker ended in the middle of its work",
  ],
  [
    `grpc._channel._InactiveRpcError: <details = "failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.7:4040: Failed to connect to remote host: connect: Connection refused (111)">`,
    "the runner can't connect to ipv4:10.0.0.7:4040",
  ],
])("diagnose knows %j", (text, state) => {
  const diagnosis = diagnose(shortestCause(text));
  expect(diagnosis.state).toContain(state);
  expect(diagnosis.advice).not.toContain("log says more");
});

test("diagnose leaves an unknown failure to the runner's words", () => {
  const { state, advice } = diagnose({ text: "something odd", exception: undefined });
  expect(state).toBe("something odd");
  expect(advice).toBe("the runner's log says more");
});
