import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Avro Java with its fast reader as a peer of the codec's bench: the schema, a
 * file of data (each behind its length, four bytes), and the number of rounds.
 * Prints the least nanoseconds that a datum took, a line each.
 */
public final class Peer {
  /** Passes before anything counts, so that the compiler has done its work. */
  private static final int WARM_UP = 3_000;
  /** Passes of one turn. */
  private static final int PASSES = 20;
  private static Object sink;

  private interface Pass {
    void run() throws IOException;
  }

  public static void main(String[] args) throws Exception {
    Schema schema = new Schema.Parser().parse(new File(args[0]));
    byte[][] data = data(new File(args[1]));
    int rounds = Integer.parseInt(args[2]);

    GenericData model = new GenericData();
    model.setFastReaderEnabled(true);
    GenericDatumReader<Object> reader = new GenericDatumReader<>(schema, schema, model);
    Object[] read = new Object[data.length];
    BinaryDecoder decoder = null;
    for (int at = 0; at < data.length; at++) {
      decoder = DecoderFactory.get().binaryDecoder(data[at], decoder);
      read[at] = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new IllegalStateException("bytes are left over");
      }
    }
    BinaryDecoder reused = decoder;
    measure("decode", rounds, data.length, () -> {
      for (byte[] bytes : data) {
        sink = reader.read(null, DecoderFactory.get().binaryDecoder(bytes, reused));
      }
    });

    GenericDatumWriter<Object> writer = new GenericDatumWriter<>(schema, model);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    for (int at = 0; at < data.length; at++) {
      out.reset();
      writer.write(read[at], encoder);
      encoder.flush();
      // Its maps are in no order.
      if (out.size() != data[at].length) {
        throw new IllegalStateException("other bytes are written");
      }
    }
    measure("encode", rounds, data.length, () -> {
      for (Object datum : read) {
        out.reset();
        writer.write(datum, encoder);
        encoder.flush();
      }
    });
  }

  private static void measure(String name, int rounds, int data, Pass pass) throws IOException {
    for (int at = 0; at < WARM_UP; at++) {
      pass.run();
    }
    double least = Double.POSITIVE_INFINITY;
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      for (int at = 0; at < PASSES; at++) {
        pass.run();
      }
      double nanoseconds = System.nanoTime() - start;
      least = Math.min(least, nanoseconds / PASSES / data);
    }
    System.out.println(String.format(Locale.ROOT, "%s %.1f", name, least));
  }

  private static byte[][] data(File file) throws IOException {
    try (DataInputStream in = new DataInputStream(new FileInputStream(file))) {
      byte[][] data = new byte[in.readInt()][];
      for (int at = 0; at < data.length; at++) {
        data[at] = new byte[in.readInt()];
        in.readFully(data[at]);
      }
      return data;
    }
  }
}
