import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/** Adds 1 to N on the executors, reads its data from S3 and writes the sum there. */
public final class Smoke {
  public static void main(String[] args) {
    String folder = args[0];
    int highest = Integer.parseInt(args[1]);
    List<Integer> numbers = IntStream.rangeClosed(1, highest).boxed().collect(Collectors.toList());
    try (JavaSparkContext spark = new JavaSparkContext()) {
      spark.parallelize(numbers, 4).map(String::valueOf).saveAsTextFile(folder + "/numbers");
      long sum = spark.textFile(folder + "/numbers").map(Long::parseLong).reduce(Long::sum);
      spark.parallelize(List.of("sum " + sum), 1).saveAsTextFile(folder + "/sum");
    }
  }
}
