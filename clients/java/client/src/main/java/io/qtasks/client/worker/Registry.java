package io.qtasks.client.worker;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.qtasks.api.v1.TaskDefinition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Registrations by task name, and the schemas of the typed ones. */
final class Registry {
  private final Map<String, Registration> byName = new TreeMap<>();
  private final Set<FileDescriptor> schemas = new LinkedHashSet<>();

  synchronized void add(Registration registration) {
    String name = registration.definition().getName();
    if (name.isEmpty()) throw new IllegalArgumentException("a task needs a name");
    if (byName.putIfAbsent(name, registration) != null)
      throw new IllegalArgumentException("two handlers for the task " + name);
  }

  synchronized void addSchema(FileDescriptor file) {
    schemas.add(file);
  }

  synchronized Registration get(String name) {
    return byName.get(name);
  }

  synchronized List<TaskDefinition> definitions() {
    return byName.values().stream().map(Registration::definition).toList();
  }

  /** Null where nothing typed is registered. */
  synchronized Schema schema() {
    return schemas.isEmpty() ? null : Schema.of(schemas);
  }
}
