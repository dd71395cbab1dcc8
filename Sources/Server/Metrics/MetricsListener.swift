import Control
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import SFU
import ServiceLifecycle
import Signal

/// Answers `GET /metrics`, and nothing else, on an address of its own.
///
/// Metrics say who uses the server and how much, so they are not where everybody comes by.
struct MetricsResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let page: MetricsPage

  func respond(to request: Request, context: Context) async throws -> Response {
    guard request.uri.path == "/metrics" else { return HTTPFailure.unknownRoute.response }
    guard request.method == .get || request.method == .head else {
      return HTTPFailure.methodNotAllowed([.get]).response
    }
    let response = Response(
      status: .ok,
      headers: [
        .contentType: PrometheusText.contentType, .cacheControl: "no-store",
        .xContentTypeOptions: "nosniff",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: await page.text())))
    return request.method == .head ? response.createHeadResponse() : response
  }

  /// The listener as a service.
  func service(_ settings: OperationSettings, _ logger: Logger) -> some Service {
    Application(
      responder: self,
      server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.metricsBind.description, port: settings.metricsPort),
        serverName: nil),
      logger: logger)
  }
}

/// Asks every media process what it has done, so that the metrics are of now.
struct ShardStatisticsPoll: Service {
  /// As often as the busiest scrapers come.
  static let interval = Duration.seconds(5)

  let media: any MediaPlane

  func run() async throws {
    await cancelWhenGracefulShutdown {
      repeat {
        for shard in 0..<media.shards { media.send(.reportStatistics, to: ShardNumber(shard)) }
      } while (try? await Task.sleep(for: Self.interval)) != nil
    }
  }
}
