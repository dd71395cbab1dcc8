package import Control
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import ServiceLifecycle
import Signal
package import UnixSignals

/// The whole server but for its media processes: store, rooms, HTTP and WebSocket.
package struct StoaServer: Sendable {
  /// How long a graceful stop may take before what still runs is cancelled.
  static let stopPatience = Duration.seconds(2)

  private let configuration: Configuration
  private let directory: RoomDirectory
  private let webhooks: WebhookQueue
  private let storage: ObjectStorage
  private let files: TemporaryFiles
  /// Answers requests; also without a socket.
  package let gateway: Gateway
  private let store: SQLiteStore
  private let time: TimeSource
  private let tls: TLSConfiguration?
  private let timeouts: HTTPAndWebSocketChannel.Timeouts
  private let media: any MediaPlane & Service
  private let composers: any ComposerPlane & Service
  private let logger: Logger

  /// Opens the store and builds everything; nothing listens yet.
  ///
  /// - Parameters:
  ///   - configuration: what to serve, and where.
  ///   - media: the media processes; runs as long as the server, and stops last.
  ///   - composersOfTests: in place of this program's own composer processes.
  ///   - logger: of the whole server.
  ///   - version: of the program, for requests of its own.
  ///   - limits: of signalling; tests shorten them.
  ///   - timeouts: of connections; likewise.
  ///   - webhookSchedule: when failed webhooks are tried again; likewise.
  ///   - time: both clocks; tests turn them by hand.
  /// - Throws: `ConfigurationError` for files that cannot be used, and what the store throws.
  package init(
    _ configuration: Configuration, media: any MediaPlane & Service,
    composersOfTests: (any ComposerPlane & Service)? = nil, logger: Logger,
    version: String = "0", limits: SignallingLimits = .standard,
    timeouts: HTTPAndWebSocketChannel.Timeouts = .init(),
    webhookSchedule: WebhookSchedule = .standard,
    time: @escaping TimeSource = SystemTime.source
  ) async throws {
    self.configuration = configuration
    self.media = media
    self.timeouts = timeouts
    self.logger = logger
    self.time = time
    tls = try configuration.tls.map { try TLSConfiguration($0) }
    let web = try WebFolder.find(configuration.webDirectory)

    let key = try APIKey(
      key: configuration.credential.key, secret: configuration.credential.secret.value)
    store = try await SQLiteStore(
      path: try DataFolder.store(configuration.dataDirectory), now: time())
    let tenants = try await store.tenants(forKeys: [key.key], at: time().wall)
    var configured: [String: KeyRing.Entry] = [:]
    for (name, tenant) in tenants {
      configured[name] = try await KeyRing.Entry(key, tenant: tenant, isAdmin: true)
    }
    let ring = KeyRing(configured: configured)
    let outputs = try configuration.outputSettings()
    let images = ImageCache(
      http: try OutboundHTTP(
        policy: configuration.outbound, timeout: .seconds(10),
        maximumReply: ImageCache.maximumSize + 1), dataFolder: outputs.dataFolder, time: time)
    composers =
      try composersOfTests
      ?? ComposerPool(
        ComposerOptions(
          dataFolder: outputs.dataFolder, passes: ring.passes, outbound: configuration.outbound,
          images: images),
        logger: logger)
    directory = RoomDirectory(
      configuration: try ControlConfiguration(
        publicURL: configuration.publicURL ?? configuration.localURL(port: configuration.port),
        participantsPerRoom: configuration.maximumParticipantsPerRoom, signalling: limits,
        quotas: configuration.quotas, outbound: configuration.outbound,
        insightsRetentionDays: configuration.insightsRetention, outputs: outputs),
      store: store, verifier: TokenVerifier(ring: ring), media: media, composers: composers,
      images: images, time: time, logger: logger)
    await directory.refreshKeys()

    files = try TemporaryFiles(dataFolder: configuration.dataDirectory)
    let keyring = try WebhookKeyFile(folder: configuration.dataDirectory)
    webhooks = WebhookQueue(
      store: store,
      sender: HTTPWebhookSender(
        http: try OutboundHTTP(policy: configuration.outbound), time: time),
      keyring: keyring, schedule: webhookSchedule, userAgent: "stoa/\(version)", time: time,
      logger: logger)

    storage = ObjectStorage(
      http: try OutboundHTTP(policy: configuration.outbound, timeout: .minutes(1)), store: store)

    var routes = RouteTable.rooms(directory) + RouteTable.sessions(directory)
    routes += RouteTable.keys(directory)
    routes += RouteTable.operation(directory) + RouteTable.insights(directory)
    routes += RouteTable.webhooks(directory, keyring) + RouteTable.files(directory, files)
    routes += RouteTable.outputs(directory, OutputFiles(outputs), storage)
    routes += RouteTable.hlsOrigin(HLSOrigin(dataFolder: outputs.dataFolder))
    if configuration.isDevelopment {
      routes += RouteTable.development(
        try await TokenSigner(key), isPublic: configuration.isPublicDevelopment, time: time)
    }
    gateway = Gateway(
      routes: .described(routes), directory: directory, origins: configuration.origins,
      files: web)
  }

  /// Serves until a signal asks to stop, or something fails.
  ///
  /// - Parameters:
  ///   - signals: which stop the server gracefully.
  ///   - onListening: is called with the port when requests are answered.
  /// - Throws: `ConfigurationError` if the port is not to be had, and what a service throws.
  package func run(
    stoppedBy signals: [UnixSignal], onListening: @escaping @Sendable (Int) async -> Void
  ) async throws {
    // Stopped from the last to the first: sockets say goodbye before their rooms are closed.
    var list: [any Service] = [
      media, composers, WebhookService(queue: webhooks), DirectoryService(directory: directory),
      TemporaryFileService(files: files, directory: directory),
    ]
    list += operations()
    list.append(
      Listening(
        service: try http(onListening), port: .port, configuration.port, bind: .bind,
        configuration.bind))
    var services = ServiceGroupConfiguration(
      services: list, gracefulShutdownSignals: drains ? [] : signals, logger: quietLogger)
    if drains { services.services.append(draining(on: signals)) }
    services.maximumGracefulShutdownDuration = Self.stopPatience + RoomDirectory.finishPatience
    try await ServiceGroup(configuration: services).run()
  }

  private var drains: Bool { configuration.operation.drain > .zero }

  private func draining(on signals: [UnixSignal]) -> ServiceGroupConfiguration.ServiceConfiguration
  {
    .init(
      service: Draining(
        directory: directory, signals: signals, limit: configuration.operation.drain),
      successTerminationBehavior: .gracefullyShutdownGroup)
  }

  /// What an operator needs besides the server itself.
  private func operations() -> [any Service] {
    let settings = configuration.operation
    var services: [any Service] = [
      StoreUpkeep(store: store, policy: settings.retention, time: time, logger: logger),
      DiskWatch(
        folder: directory.configuration.outputs.dataFolder,
        reservePercent: configuration.compose.reservePercent, capacity: directory.usage.outputs,
        logger: logger),
      Uploader(
        store: store, storage: storage,
        schedule: UploadSchedule(longestSeconds: configuration.compose.uploadRetrySeconds),
        time: time, logger: logger),
      HLSCopier(store: store, storage: storage, time: time, logger: logger),
    ]
    if settings.metricsPort > 0 {
      let page = MetricsPage(
        directory: directory, store: store, http: gateway.metrics, media: media, time: time)
      services.append(ShardStatisticsPoll(media: media))
      services.append(
        Listening(
          service: MetricsResponder(page: page).service(settings, quietLogger),
          port: .metricsPort, settings.metricsPort, bind: .metricsBind, settings.metricsBind))
    }
    return services
  }

  /// The frameworks' own chatter is for who debugs.
  private var quietLogger: Logger {
    var logger = logger
    if logger.logLevel > .debug { logger.logLevel = max(logger.logLevel, .warning) }
    return logger
  }

  private func http(_ onListening: @escaping @Sendable (Int) async -> Void) throws -> some Service {
    let origins = configuration.origins
    let directory = directory
    let timeouts = timeouts
    let frameBytes = directory.configuration.signalling.frameBytes
    let isSecure = tls != nil
    let (composers, configuration) = (composers, configuration)
    let plain = HTTPServerBuilder { responder in
      HTTPAndWebSocketChannel(
        responder: responder, isSecure: isSecure, timeouts: timeouts,
        maximumFrameSize: frameBytes,
        admits: { head in
          head.uri.prefix { $0 != "?" } == "/signal"
            && origins.permits(
              head.headers.first(name: "origin"), host: head.headers.first(name: "host"))
        },
        handler: { channel in
          let connection = SignallingConnection(directory: directory)
          await SignallingSocket(channel: channel, connection: connection).run()
        })
    }
    let server =
      if let tls { try HTTPServerBuilder.tls(plain, tlsConfiguration: tls) } else { plain }
    return Application(
      responder: gateway, server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.bind.description, port: configuration.port),
        serverName: nil, backlog: 1_024),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        (composers as? ComposerPool)?.listen(at: configuration.loopbackSignallingURL(port: port))
        await onListening(port)
      },
      logger: quietLogger)
  }
}

/// Runs the rooms as a service.
private struct DirectoryService: Service {
  let directory: RoomDirectory

  func run() async throws {
    await directory.recoverOutputs()
    // Cancellation is how the directory is asked to close its sessions.
    await cancelWhenGracefulShutdown { await directory.run() }
  }
}

extension Configuration {
  /// Where a browser on this machine finds the server.
  package func localURL(port: Int) -> String {
    let scheme = tls == nil ? "http" : "https"
    let host = bind.isWildcard || bind.isLoopback ? "localhost" : bind.urlHost
    return "\(scheme)://\(host):\(port)"
  }
}

extension Configuration.TLSFiles {
  /// Reads both files, and sees whether they belong together.
  ///
  /// - Throws: `ConfigurationError` naming the file that cannot be used.
  func check() throws(ConfigurationError) { _ = try TLSConfiguration(self) }
}

extension TLSConfiguration {
  /// Reads certificate and key.
  ///
  /// - Throws: `ConfigurationError` naming the file that cannot be used.
  fileprivate init(_ files: Configuration.TLSFiles) throws(ConfigurationError) {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    do {
      chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
    } catch {
      throw ConfigurationError(
        "--tls-cert \(files.certificate)", "is not a certificate in PEM form, or not readable")
    }
    do {
      key = try NIOSSLPrivateKey(file: files.key, format: .pem)
    } catch {
      throw ConfigurationError(
        "--tls-key \(files.key)", "is not a private key in PEM form, or not readable")
    }
    self = .makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    minimumTLSVersion = .tlsv12
    applicationProtocols = ["http/1.1"]
    guard (try? NIOSSLContext(configuration: self)) != nil else {
      throw ConfigurationError("--tls-key \(files.key)", "does not belong to \(files.certificate)")
    }
  }
}
