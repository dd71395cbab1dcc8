import Control
import FoundationEssentials
import ServiceLifecycle
import Signal
import Synchronization

/// Composers that do at once what they are asked, with a file of ten bytes; `stop` is answered when
/// the session ends, or at once.
final class EchoComposers: ComposerPlane, Service {
  let news: AsyncStream<ComposerNews>
  private let continuation: AsyncStream<ComposerNews>.Continuation
  private let finishesAtOnce: Bool
  private let running = Mutex<[ComposedSession: [OutputSpecification]]>([:])

  init(finishesAtOnce: Bool) {
    self.finishesAtOnce = finishesAtOnce
    (news, continuation) = AsyncStream.makeStream()
  }

  func run() async throws { try await gracefulShutdown() }

  func send(_ order: ComposerOrder) {
    func say(_ event: ComposerEvent) {
      continuation.yield(ComposerNews(order.session, .event(event)))
    }
    switch order.content {
    case .start(let specification):
      running.withLock { $0[order.session, default: []].append(specification) }
      say(.started(outputID: specification.id))
      if case .hls = specification.kind { say(.playable(outputID: specification.id)) }
    case .stop(let id):
      guard finishesAtOnce else { return }
      let found = running.withLock { running in
        let found = running[order.session]?.first { $0.id == id }
        running[order.session]?.removeAll { $0.id == id }
        return found
      }
      if let found { say(.stopped(outputID: id, files: [Self.file(of: found)])) }
    case .relayout: break
    case .finish(let specification):
      say(.stopped(outputID: specification.id, files: [Self.file(of: specification)]))
    case .capture(let capture):
      let file = URL(filePath: capture.path)
      try? FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try? Data("0123456789".utf8).write(to: file)
      say(.captured(requestID: capture.requestID, width: 640, height: 360, size: 10))
    case .relayout: break
    case .end:
      for specification in running.withLock({ $0.removeValue(forKey: order.session) }) ?? [] {
        say(.stopped(outputID: specification.id, files: [Self.file(of: specification)]))
      }
    }
  }

  private static func file(of specification: OutputSpecification) -> OutputFile {
    let path = specification.folder + "/recording.mp4"
    try? FileManager.default.createDirectory(
      atPath: specification.folder, withIntermediateDirectories: true)
    try? Data("0123456789".utf8).write(to: URL(filePath: path))
    return OutputFile(
      path: path, size: 10, durationMilliseconds: 1_000, width: 1_280, height: 720, format: "mp4",
      kind: .video)
  }
}
