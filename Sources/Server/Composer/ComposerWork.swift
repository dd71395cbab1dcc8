package import Control
package import Signal

/// What one session's composer is to do, so that a successor can be told all of it.
package struct ComposerWork: Sendable {
  private struct Item: Sendable {
    var specification: OutputSpecification
    /// Processes that had it and died.
    var attempt: Int
    var isStopping = false
    /// The session is over: its files are made whole and nothing more.
    var onlyFinishes: Bool
  }
  private var items: [Item] = []
  /// No output may begin or go on.
  package private(set) var isEnding = false

  package init() {}

  package var isEmpty: Bool { items.isEmpty }
  package var outputIDs: [String] { items.map(\.specification.id) }
  /// Whether a process needs the room for it.
  package var needsRoom: Bool { !isEnding && items.contains { !$0.onlyFinishes } }

  /// Notes an order; gives the command that a running process gets of it.
  package mutating func note(_ order: ComposerOrder.Content) -> ComposerCommand? {
    switch order {
    case .start(let specification):
      items.append(
        Item(
          specification: specification, attempt: specification.attempt, onlyFinishes: false))
      return .start(specification)
    case .finish(let specification):
      items.append(
        Item(specification: specification, attempt: specification.attempt, onlyFinishes: true))
      return .finish(specification)
    case .stop(let id):
      guard let index = items.firstIndex(where: { $0.specification.id == id }) else { return nil }
      items[index].isStopping = true
      return .stop(outputID: id)
    case .relayout(let id, var composition):
      guard let index = items.firstIndex(where: { $0.specification.id == id }) else { return nil }
      // Where the pictures lie is known to nobody before.
      let before = items[index].specification.composition
      composition.logoPath = before?.logoPath
      composition.backgroundPath = before?.backgroundPath
      items[index].specification.composition = composition
      return .relayout(outputID: id, composition: composition)
    case .capture(let capture): return .capture(capture)
    case .end:
      isEnding = true
      return .end
    }
  }

  /// Notes what a process said.
  package mutating func note(_ event: ComposerEvent) {
    switch event {
    case .stopped(let id, _), .failed(let id, _, _, _):
      items.removeAll { $0.specification.id == id }
    case .ready, .started, .playable, .target, .warning, .captured, .captureFailed, .pulse: break
    }
  }

  /// A session whose last output was over has another: the next process begins it.
  package mutating func reopen() { isEnding = false }

  /// The process died: the next one's attempts count one more.
  package mutating func noteDeath() {
    for index in items.indices { items[index].attempt &+= 1 }
  }

  /// What a new process is told after `configure`, in order.
  package var commands: [ComposerCommand] {
    var commands: [ComposerCommand] = []
    for item in items {
      var specification = item.specification
      specification.attempt = item.attempt
      if item.onlyFinishes || isEnding {
        commands.append(.finish(specification))
      } else {
        commands.append(.start(specification))
        if item.isStopping { commands.append(.stop(outputID: specification.id)) }
      }
    }
    if isEnding { commands.append(.end) }
    return commands
  }
}
