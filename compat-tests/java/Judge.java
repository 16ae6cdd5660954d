import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Avro Java as a judge: a JSON line in, a JSON line out, until the input ends.
 * Schemas come as text, so that Java's own parser reads them.
 *
 * <pre>
 * {"op":"parse","schema":S}              {"ok":true}
 * {"op":"compat","reader":S,"writer":S}  {"compatible":B,"found":[{"type":T,"message":M,"location":L}]}
 * {"op":"canonical","schema":S}          {"canonical":C,"rabin":H,"md5":H,"sha256":H,"text":T}
 * {"op":"encode","writer":S,"datum":D}   {"hex":H}
 * {"op":"decode","writer":S,"reader":S,"hex":H}  {"json":D,"hex":H}
 * </pre>
 *
 * S, C, T and M are texts, H hexadecimal, D a text in Avro's JSON encoding. The
 * hex of a decoded datum is its encoding under the reader, the entries of maps
 * in the order in which they were read. Whatever throws answers
 * {"exception":CLASS,"message":M}. No logical type is converted.
 */
public final class Judge {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Reads by ResolvingDecoder, which is what the specification's words became. */
  private static final GenericData RESOLVING = new Ordered(false);

  /** Reads by readers that are compiled from the two schemas: Java's default. */
  private static final GenericData FAST = new Ordered(true);

  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.print(MAPPER.writeValueAsString(answer(line)));
      out.print('\n');
      out.flush();
    }
  }

  private static ObjectNode answer(String line) throws IOException {
    JsonNode request = MAPPER.readTree(line);
    ObjectNode answer = MAPPER.createObjectNode();
    try {
      String op = request.get("op").textValue();
      switch (op) {
        case "parse":
          schema(request, "schema");
          answer.put("ok", true);
          break;
        case "compat":
          compat(schema(request, "reader"), schema(request, "writer"), answer);
          break;
        case "canonical":
          canonical(schema(request, "schema"), answer);
          break;
        case "encode":
          Schema writer = schema(request, "writer");
          answer.put("hex", hex(binary(writer, fromJson(writer, request.get("datum").textValue()))));
          break;
        case "decode":
          decode(request, answer);
          break;
        default:
          throw new IllegalArgumentException("unknown op " + op);
      }
      // A hostile schema may exhaust the stack; that is an answer as well.
    } catch (Exception | StackOverflowError thrown) {
      answer.removeAll();
      answer.put("exception", thrown.getClass().getName());
      answer.put("message", String.valueOf(thrown.getMessage()));
    }
    return answer;
  }

  /** A parser of its own for each text: a parser remembers names. */
  private static Schema schema(JsonNode request, String key) {
    return new Schema.Parser().parse(request.get(key).textValue());
  }

  private static void compat(Schema reader, Schema writer, ObjectNode answer) {
    SchemaCompatibility.SchemaCompatibilityResult result =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
    answer.put(
        "compatible",
        result.getCompatibility() == SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE);
    ArrayNode found = answer.putArray("found");
    for (SchemaCompatibility.Incompatibility one : result.getIncompatibilities()) {
      found
          .addObject()
          .put("type", one.getType().name())
          .put("message", one.getMessage())
          .put("location", one.getLocation());
    }
  }

  private static void canonical(Schema schema, ObjectNode answer) throws NoSuchAlgorithmException {
    answer.put("canonical", SchemaNormalization.toParsingForm(schema));
    answer.put("rabin", String.format("%016x", SchemaNormalization.parsingFingerprint64(schema)));
    answer.put("md5", hex(SchemaNormalization.parsingFingerprint("MD5", schema)));
    answer.put("sha256", hex(SchemaNormalization.parsingFingerprint("SHA-256", schema)));
    answer.put("text", schema.toString());
  }

  private static void decode(JsonNode request, ObjectNode answer) throws IOException {
    Schema writer = schema(request, "writer");
    Schema reader = schema(request, "reader");
    byte[] bytes = HexFormat.of().parseHex(request.get("hex").textValue());
    Object datum = read(RESOLVING, writer, reader, bytes);
    String again = hex(binary(reader, datum));
    String fast = hex(binary(reader, read(FAST, writer, reader, bytes)));
    if (!again.equals(fast)) {
      throw new IOException("the resolving decoder reads " + again + ", the fast reader " + fast);
    }
    answer.put("json", toJson(reader, datum));
    answer.put("hex", again);
  }

  private static Object read(GenericData data, Schema writer, Schema reader, byte[] bytes)
      throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
    Object datum = new GenericDatumReader<Object>(writer, reader, data).read(null, decoder);
    if (!decoder.isEnd()) {
      throw new IOException("bytes are left over");
    }
    return datum;
  }

  private static Object fromJson(Schema schema, String json) throws IOException {
    Decoder decoder = DecoderFactory.get().jsonDecoder(schema, json);
    return new GenericDatumReader<Object>(schema, schema, RESOLVING).read(null, decoder);
  }

  private static String toJson(Schema schema, Object datum) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Encoder encoder = EncoderFactory.get().jsonEncoder(schema, out);
    new GenericDatumWriter<Object>(schema).write(datum, encoder);
    encoder.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static byte[] binary(Schema schema, Object datum) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<Object>(schema).write(datum, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Maps keep the order of their entries, so that bytes can be compared. */
  private static final class Ordered extends GenericData {
    Ordered(boolean isFast) {
      setFastReaderEnabled(isFast);
    }

    @Override
    public Object newMap(Object old, int size) {
      return new LinkedHashMap<Object, Object>(size);
    }
  }

  private Judge() {}
}
