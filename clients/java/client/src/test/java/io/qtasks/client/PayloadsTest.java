package io.qtasks.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.protobuf.ByteString;
import io.qtasks.api.v1.Payload;
import io.qtasks.conformance.v1.EchoRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PayloadsTest {
  record Point(int x, Integer y) {}

  @Test
  void valuesAreJsonWithTheirNulls() {
    var map = new HashMap<String, Object>();
    map.put("none", null);
    assertEquals("{\"none\":null}", Payloads.of(map).getText());
    assertEquals("{\"x\":1,\"y\":null}", Payloads.of(new Point(1, null)).getText());
    assertEquals("null", Payloads.of(null).getText());
    assertEquals("\"<ä>\"", Payloads.of("<ä>").getText());
    assertEquals("", Payloads.of(1).getContentType());
  }

  @Test
  void jsonIsReadAsWhatIsAskedFor() {
    Payload payload = Payloads.json(Map.of("x", 1, "y", 2));
    assertEquals(new Point(1, 2), Payloads.decode(payload, Point.class));
    assertEquals(Map.of("x", 1L, "y", 2L), Payloads.decode(payload, Object.class));
    assertEquals(
        1, Payloads.decode(payload, JsonElement.class).getAsJsonObject().get("x").getAsInt());
    assertEquals(5, Payloads.decode(Payloads.of(5), int.class));
    assertEquals(List.of(1.5), Payloads.decode(Payloads.of(Arrays.asList(1.5)), List.class));
  }

  @Test
  void noBodyIsNull() {
    Payload none = Payload.getDefaultInstance();
    assertNull(Payloads.decode(none, Point.class));
    assertEquals(JsonNull.INSTANCE, Payloads.decode(none, JsonElement.class));
    assertEquals(EchoRequest.getDefaultInstance(), Payloads.decode(none, EchoRequest.class));
  }

  @Test
  void messagesKeepTheirNameAndAreReadFromJsonToo() {
    var message = EchoRequest.newBuilder().setText("ä").build();
    Payload payload = Payloads.of(message);
    assertEquals("application/protobuf", payload.getContentType());
    assertEquals("conformance.v1.EchoRequest", payload.getSchema());
    assertEquals(message, Payloads.decode(payload, EchoRequest.class));
    assertEquals(
        message,
        Payloads.decode(
            Payload.newBuilder().setText("{\"text\": \"ä\"}").build(), EchoRequest.class));
  }

  @Test
  void bytesAreGivenAsTheyAre() {
    Payload payload = Payload.newBuilder().setData(ByteString.copyFromUtf8("ab")).build();
    assertArrayEquals(new byte[] {'a', 'b'}, Payloads.decode(payload, byte[].class));
  }

  @Test
  void whatCantBeReadSaysWhy() {
    for (Payload bad :
        List.of(
            Payload.newBuilder().setText("{").build(),
            Payload.newBuilder().setText("[]").build(),
            Payload.newBuilder().setText("{}").addEncodings("gzip").build(),
            Payloads.of(EchoRequest.getDefaultInstance()))) {
      var error = assertThrows(QTasksException.class, () -> Payloads.decode(bad, Point.class));
      assertEquals("PAYLOAD_UNDECODABLE", error.reason());
    }
    var error = assertThrows(QTasksException.class, () -> Payloads.of(Double.NaN));
    assertEquals("input", error.fields().get(0).field());
  }
}
