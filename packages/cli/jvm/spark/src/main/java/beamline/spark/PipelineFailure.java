package beamline.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** A pipeline failed in a worker, which has told why: that, and no Java stack. */
final class PipelineFailure extends Exception {
  private static final long serialVersionUID = 1;
  private static final String MARK = "BEAMLINE-ERROR ";
  /** Where a worker keeps the pipeline's files: nothing that the author of the pipeline knows. */
  private static final String STAGED = "[^(]*/beamline-jobs/[^/]+/beamline/";

  private PipelineFailure(String message) {
    super(message, null, false, false);
  }

  /** The worker's report somewhere in a failure or its causes; without one the failure itself. */
  static Exception of(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      int at = text.indexOf(MARK);
      if (at < 0) continue;
      try {
        // Reads one value; what follows it, such as a stack trace, is left.
        JsonNode report = new ObjectMapper().readTree(text.substring(at + MARK.length()));
        StringBuilder message = new StringBuilder(report.path("message").asText(text));
        for (JsonNode frame : report.path("stack")) {
          message.append("\n    at ").append(frame.asText().replaceFirst(STAGED, ""));
        }
        // The line as it was, for `beamline`, which may read this log.
        message.append("\n").append(MARK).append(report);
        return new PipelineFailure(message.toString());
      } catch (IOException noReport) {
        return failure;
      }
    }
    return failure;
  }
}
