import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Calls a proof server the ways users of grpc-java do, and says for each way what went wrong.
 *
 * <p>Arguments: port of the server, and how often everything is repeated. Prints one JSON object: an error, or "", by the
 * name of the check.
 */
public final class Client {
  private static final int LIMIT = 4 << 20;
  private static final int TIMEOUT_SECONDS = 30;

  private final int port;
  private final int scale;

  private Client(int port, int scale) {
    this.port = port;
    this.scale = scale;
  }

  private interface Check {
    void run() throws Exception;
  }

  private interface Lane {
    void run(int number) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Client client = new Client(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    Map<String, Check> checks = new TreeMap<>();
    checks.put("many calls at once", client::manyCalls);
    checks.put("deadlines", client::deadlines);
    checks.put("cancellations", client::cancellations);
    checks.put("large messages", client::largeMessages);
    checks.put("small windows", () -> client.exchange(1024));
    checks.put("large windows", () -> client.exchange(16 << 20));
    checks.put("gzip", client::compressed);
    checks.put("errors", client::failures);
    checks.put("metadata", client::manyHeaders);
    checks.put("connections that come and go", client::churn);
    checks.put("keepalive without calls", client::keepalive);
    Map<String, String> results = new ConcurrentHashMap<>();
    inParallel(
        checks.size(),
        number -> {
          String name = checks.keySet().toArray(new String[0])[number];
          try {
            checks.get(name).run();
            results.put(name, "");
          } catch (Throwable error) {
            results.put(name, error.toString());
          }
        });
    StringBuilder json = new StringBuilder();
    results.forEach(
        (name, text) -> {
          json.append(json.length() == 0 ? "{" : ",");
          json.append('"').append(name).append("\":\"").append(escape(text)).append('"');
        });
    System.out.println(json.append('}'));
  }

  private static String escape(String text) {
    return text.replaceAll("[\\\\\"\\p{Cntrl}]", "?");
  }

  private ManagedChannel dial() {
    return builder().build();
  }

  private NettyChannelBuilder builder() {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .maxInboundMessageSize(4 * LIMIT);
  }

  private static byte[] call(Channel channel, String name, byte[] request) {
    return call(channel, name, request, soon());
  }

  private static byte[] call(Channel channel, String name, byte[] request, CallOptions options) {
    return ClientCalls.blockingUnaryCall(channel, method(name), options, request);
  }

  private static CallOptions soon() {
    return CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("proof.Echo/" + name)
        .setRequestMarshaller(BYTES)
        .setResponseMarshaller(BYTES)
        .build();
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
        }
      };

  private static void expect(boolean condition, String text) {
    if (!condition) throw new IllegalStateException(text);
  }

  private static Status expectCode(Status.Code wanted, Check check) throws Exception {
    try {
      check.run();
    } catch (StatusRuntimeException error) {
      expect(error.getStatus().getCode() == wanted, "expected " + wanted + ", got " + error);
      return error.getStatus();
    }
    throw new IllegalStateException("expected " + wanted + ", got an answer");
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) bytes[i] = (byte) (i * 7 + size);
    return bytes;
  }

  private static void echo(Channel channel, String name, int size, CallOptions options) {
    byte[] request = bytes(size);
    byte[] response = call(channel, name, request, options);
    expect(Arrays.equals(request, response), name + " of " + size + " bytes: other bytes came back");
  }

  private static void echo(Channel channel, String name, int size) {
    echo(channel, name, size, soon());
  }

  private static void inParallel(int count, Lane lane) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(count);
    try {
      Future<?>[] lanes = new Future<?>[count];
      for (int i = 0; i < count; i++) {
        int number = i;
        lanes[i] =
            pool.submit(
                () -> {
                  lane.run(number);
                  return null;
                });
      }
      for (Future<?> each : lanes) each.get();
    } finally {
      pool.shutdownNow();
    }
  }

  private static void close(ManagedChannel channel) throws InterruptedException {
    channel.shutdown();
    expect(channel.awaitTermination(10, TimeUnit.SECONDS), "the channel does not end");
  }

  private void manyCalls() throws Exception {
    ManagedChannel[] channels = {dial(), dial(), dial()};
    inParallel(
        30,
        number -> {
          Random random = new Random(number);
          for (int i = 0; i < 50 * scale; i++) {
            echo(channels[number % 3], i % 2 == 0 ? "Echo" : "Later", random.nextInt(4000));
          }
        });
    for (ManagedChannel channel : channels) close(channel);
  }

  private void deadlines() throws Exception {
    ManagedChannel channel = dial();
    for (int i = 0; i < 20 * scale; i++) {
      long afterMs = 1 + i % 10 * 5;
      CallOptions late = CallOptions.DEFAULT.withDeadlineAfter(afterMs, TimeUnit.MILLISECONDS);
      expectCode(
          Status.Code.DEADLINE_EXCEEDED, () -> call(channel, "Hang", new byte[0], late));
      echo(channel, "Echo", 100);
    }
    close(channel);
  }

  private void cancellations() throws Exception {
    ManagedChannel channel = dial();
    for (int i = 0; i < 60 * scale; i++) {
      var future =
          ClientCalls.futureUnaryCall(channel.newCall(method("Hang"), soon()), new byte[i * 1000]);
      Thread.sleep(i % 7);
      expect(future.cancel(true), "a call that hangs was answered");
      echo(channel, "Later", 100);
    }
    close(channel);
  }

  private void exchange(int windowBytes) throws Exception {
    exchange(builder().initialFlowControlWindow(windowBytes).flowControlWindow(windowBytes).build(),
        windowBytes < 65_536 ? LIMIT / 8 : LIMIT);
  }

  private void exchange(ManagedChannel channel, int largest) throws Exception {
    int[] sizes = {0, 1, 16379, 16384, 65530, 65535, 65536, 300_000, largest};
    for (int round = 0; round < scale; round++) {
      inParallel(
          sizes.length,
          number -> {
            int size = sizes[number];
            echo(channel, "Echo", size);
            echo(channel, "Later", size);
            byte[] wanted = String.valueOf(size).getBytes(StandardCharsets.US_ASCII);
            byte[] response = call(channel, "Sized", wanted);
            expect(response.length == size, size + " bytes: " + response.length + " came");
          });
    }
    close(channel);
  }

  private void largeMessages() throws Exception {
    exchange(dial(), LIMIT);
    ManagedChannel channel = dial();
    for (int i = 0; i < 3 * scale; i++) {
      expectCode(
          Status.Code.RESOURCE_EXHAUSTED, () -> call(channel, "Echo", new byte[LIMIT + 1]));
      echo(channel, "Echo", 10);
    }
    close(channel);
  }

  private void compressed() throws Exception {
    ManagedChannel channel = dial();
    for (int size : new int[] {0, 1, 1000, 100_000, LIMIT}) {
      echo(channel, "Echo", size, soon().withCompression("gzip"));
    }
    close(channel);
  }

  private void failures() throws Exception {
    ManagedChannel channel = dial();
    Channel failing = with(channel, Map.of("x-code", "INVALID_ARGUMENT"));
    for (String text : new String[] {"plain", "50% of 日本", "a\r\nb", "long ".repeat(150)}) {
      byte[] request = text.getBytes(StandardCharsets.UTF_8);
      Status status =
          expectCode(Status.Code.INVALID_ARGUMENT, () -> call(failing, "Fail", request));
      expect(text.equals(status.getDescription()), "message: " + status.getDescription());
    }
    expectCode(Status.Code.UNIMPLEMENTED, () -> call(channel, "Nope", new byte[0]));
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Channel noting =
        ClientInterceptors.intercept(
            channel,
            MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers));
    call(noting, "Trailers", "text".getBytes(StandardCharsets.UTF_8));
    expect("text".equals(trailers.get().get(key("x-text"))), "trailers: " + trailers.get());
    close(channel);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static Channel with(Channel channel, Map<String, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach((name, value) -> metadata.put(key(name), value));
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private void manyHeaders() throws Exception {
    ManagedChannel channel = dial();
    for (int i = 0; i < 100 * scale; i++) {
      String value = "value " + i + " v".repeat(i % 60 * 10);
      Channel own = with(channel, Map.of("x-same", "same", "x-new", value, "x-" + i, "1"));
      byte[] wanted = "[\"x-same\",\"x-new\"]".getBytes(StandardCharsets.US_ASCII);
      String seen = new String(call(own, "Headers", wanted), StandardCharsets.UTF_8);
      String headers = "[[\"x-same\",\"same\"],[\"x-new\",\"" + value + "\"]]";
      expect(seen.contains(headers), "call " + i + ": the server saw " + seen);
    }
    close(channel);
  }

  private void churn() throws Exception {
    inParallel(
        5,
        number -> {
          for (int i = 0; i < 10 * scale; i++) {
            ManagedChannel channel = dial();
            echo(channel, "Later", number * 100);
            close(channel);
          }
        });
  }

  /** As often as grpc-java allows; the connection must be as it was left. */
  private void keepalive() throws Exception {
    ManagedChannel channel =
        builder()
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .build();
    echo(channel, "Echo", 10);
    AtomicReference<Boolean> isLost = new AtomicReference<>(false);
    channel.notifyWhenStateChanged(ConnectivityState.READY, () -> isLost.set(true));
    Thread.sleep(12_000L * scale);
    expect(!isLost.get(), "the connection was lost");
    echo(channel, "Echo", 10);
    close(channel);
  }
}
