package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The descriptors of a worker's typed tasks: the files with all that they import, imports first,
 * the same bytes for the same services.
 */
record Schema(ByteString fileDescriptorSet, ByteString digest) {
  static Schema of(Set<FileDescriptor> files) {
    Map<String, FileDescriptor> closure = new LinkedHashMap<>();
    List<FileDescriptor> sorted =
        files.stream().sorted(Comparator.comparing(FileDescriptor::getFullName)).toList();
    for (FileDescriptor file : sorted) collect(file, closure);
    var set = FileDescriptorSet.newBuilder();
    for (FileDescriptor file : closure.values()) set.addFile(file.toProto());
    ByteString bytes = set.build().toByteString();
    return new Schema(bytes, ByteString.copyFrom(sha256(bytes.toByteArray())));
  }

  private static void collect(FileDescriptor file, Map<String, FileDescriptor> closure) {
    if (closure.containsKey(file.getFullName())) return;
    for (FileDescriptor imported : file.getDependencies()) collect(imported, closure);
    closure.put(file.getFullName(), file);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
