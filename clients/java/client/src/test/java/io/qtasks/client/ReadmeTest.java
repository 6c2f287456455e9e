package io.qtasks.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.qtasks.client.testing.Processes;
import io.qtasks.client.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is a program: it is run as it stands there, on another port. */
class ReadmeTest {
  @TempDir Path folder;

  @Test
  void theExampleRuns() throws Exception {
    String code = example();
    assertTrue(code.lines().count() < 30, "the example has " + code.lines().count() + " lines");
    Path file = folder.resolve("Example.java");
    Files.writeString(file, code.replace(Endpoint.DEFAULT_ADDRESS, TestServer.shared().address()));
    String java = ProcessHandle.current().info().command().orElseThrow();
    var command =
        new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), file.toString());
    try (var process = Processes.start(command)) {
      process.awaitLine("^6$");
      assertEquals(0, process.exitCode());
    }
  }

  private static String example() throws IOException {
    var blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../README.md")));
    assertTrue(blocks.find());
    return blocks.group(1);
  }
}
