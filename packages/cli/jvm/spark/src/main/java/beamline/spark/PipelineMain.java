package beamline.spark;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.spark.SparkPipelineRunner;

/**
 * The main class of executable jars: runs the jar's pipeline by Beam's own main class, and then
 * ends the JVM.
 *
 * <p>Beam's class returns from {@code main} and, where the driver has served workers itself (a local
 * master) and keeps them (environment_cache_millis), leaves threads behind that are no daemons: the
 * services for workers have a cached thread pool that nobody shuts down. The JVM then goes on for a
 * minute after its job. And what that class throws is the cause under several layers of Java: here it
 * is the worker's own report, where there is one.
 */
public final class PipelineMain {
  private PipelineMain() {}

  public static void main(String[] args) throws Exception {
    AtomicInteger exitCode = new AtomicInteger(1);
    endWith(Thread.currentThread(), exitCode);
    try {
      SparkPipelineRunner.main(args);
      exitCode.set(0);
    } catch (Exception failure) {
      throw PipelineFailure.of(failure);
    }
  }

  /**
   * Ends the JVM when the thread that called {@code main} has ended, and not before: a cluster
   * manager still has to learn from that thread how the job ended (YARN takes an exit within main
   * for a failure).
   */
  private static void endWith(Thread caller, AtomicInteger exitCode) {
    Thread watcher =
        new Thread(
            () -> {
              try {
                caller.join();
              } catch (InterruptedException nobodyDoesThat) {
                return;
              }
              System.exit(exitCode.get());
            },
            "end-of-main");
    watcher.setDaemon(true);
    watcher.start();
  }
}
