package import Control
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Signal
import Synchronization
import UDP

/// The composer processes: one for each session with outputs, started with the first of them.
///
/// A process that ends while it has work, or goes silent for `ComposerLife.silenceLimit`, is
/// replaced; its successor goes on with the same outputs. None outlives this one.
package final class ComposerPool: ComposerPlane, Service {
  /// Orders not yet written to a process.
  private static let maximumOrders = 16_384
  private static let maximumNews = 65_536

  package let news: AsyncStream<ComposerNews>
  private let continuation: AsyncStream<ComposerNews>.Continuation
  private let options: ComposerOptions
  private let logger: Logger
  private let orders: Mailbox<ComposerOrder>
  private let board = ComposerBoard()
  private let resolver = OutboundResolver()
  /// Livestreams whose hosts are being looked up, and outputs whose pictures are being fetched.
  private let resolving = Mutex<[String: ComposedSession]>([:])
  private let (signallingURLs, signallingURL) = AsyncStream<String>.makeStream()

  /// Starts nothing yet: the first order does, once `run` does.
  ///
  /// - Throws: `event` if the process has no descriptor left.
  package init(_ options: ComposerOptions, logger: Logger) throws {
    self.options = options
    self.logger = logger
    orders = try Mailbox(capacity: Self.maximumOrders)
    (news, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(Self.maximumNews))
  }

  /// The process of a session, `nil` while there is none.
  package func processID(of session: SessionID) -> Int32? { board.processID(of: session) }
  /// Processes that run.
  package var processes: Int { board.count }

  /// Says where composers find the server; nothing is started before.
  package func listen(at url: String) { signallingURL.yield(url) }

  package func send(_ order: ComposerOrder) {
    switch order.content {
    case .start(let specification):
      var targets: [RTMPTarget] = []
      if case .rtmp(let all) = specification.kind { targets = all }
      guard !targets.isEmpty || specification.needsImages else { return post(order) }
      resolving.withLock { $0[specification.id] = order.session }
      // Looking a name up takes as long as it takes; the room does not wait for it.
      Task { await self.start(specification, targets, order.session) }
    case .stop(let id):
      guard resolving.withLock({ $0.removeValue(forKey: id) }) != nil else { return post(order) }
      continuation.yield(
        ComposerNews(order.session, .event(.stopped(outputID: id, files: []))))
    case .end:
      let waiting = resolving.withLock { resolving in
        let ids = resolving.filter { $0.value == order.session }.map(\.key)
        for id in ids { resolving[id] = nil }
        return ids
      }
      for id in waiting {
        continuation.yield(
          ComposerNews(order.session, .event(.stopped(outputID: id, files: []))))
      }
      post(order)
    case .relayout, .finish, .capture: post(order)
    }
  }

  private func post(_ order: ComposerOrder) {
    guard !orders.post(order) else { return }
    logger.critical("orders of composers are lost")
  }

  /// Looks the targets' hosts up, judges their addresses, fetches pictures, and hands the order on.
  private func start(
    _ specification: OutputSpecification, _ targets: [RTMPTarget], _ session: ComposedSession
  ) async {
    var specification = specification
    var resolved = targets
    var problem: String?
    var code = ErrorCode.invalidLivestreamConfig.number
    for index in targets.indices {
      switch await address(of: targets[index].url) {
      case .success(let address): resolved[index].address = address
      case .failure(let refusal): problem = "'outputs[\(index)].url' \(refusal.problem)."
      }
    }
    do {
      specification = try await specification.withImages(from: options.images)
    } catch {
      (problem, code) = (error.message, error.code.number)
    }
    guard resolving.withLock({ $0.removeValue(forKey: specification.id) }) != nil else { return }
    if let problem {
      continuation.yield(
        ComposerNews(
          session,
          .event(
            .failed(outputID: specification.id, code: code, reason: problem, files: []))))
      return
    }
    if !resolved.isEmpty { specification.kind = .rtmp(targets: resolved) }
    post(ComposerOrder(session, .start(specification)))
  }

  private func address(
    of text: String
  ) async -> Result<String, OutboundTargetPolicy.Refusal> {
    let policy = OutboundTargetPolicy(
      allowsLoopback: options.outbound.allowsLoopback, schemes: ["rtmp", "rtmps"])
    let url: OutboundURL
    do {
      url = try policy.url(text)
    } catch {
      return .failure(error)
    }
    if let address = url.address { return .success("\(address)") }
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    guard let addresses = try? await resolver.addresses(of: url.host, on: loop).get(),
      let first = addresses.first
    else {
      return .failure(
        OutboundTargetPolicy.Refusal(problem: "has a host whose name leads to no address"))
    }
    for address in addresses {
      if let refusal = policy.refusal(of: address) { return .failure(refusal) }
    }
    return .success("\(first)")
  }

  /// Runs the processes until cancelled or shut down, and ends them.
  ///
  /// - Throws: what the system says if there can be no thread.
  package func run() async throws {
    let (options, orders, board, logger) = (options, orders, board, logger)
    let news = continuation
    // Where to join is known when the server listens.
    let url = await signallingURLs.cancelOnGracefulShutdown().first { _ in true } ?? ""
    try await superviseOnThread(named: "composers", until: orders) {
      var supervisor = ComposerSupervisor(
        options, signallingURL: url, orders: orders, news: news, board: board, logger: logger)
      defer { news.finish() }
      return supervisor.run()
    }
  }
}
