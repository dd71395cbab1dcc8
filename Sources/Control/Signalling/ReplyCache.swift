/// The last answers to one participant, so that a repeated request is not carried out twice.
struct ReplyCache: Sendable {
  /// What to do with a request.
  enum Verdict: Sendable {
    /// New: carry it out.
    case fresh
    /// It is being carried out; its answer will come.
    case underway
    case answered(Answer)
    /// Answered so long ago that nobody knows how.
    case forgotten
  }

  /// What was answered.
  enum Answer: Sendable {
    case body(SharedBody)
    /// Persisted messages of a topic, up to an ordinal: made again rather than kept, for they
    /// may be megabytes.
    case history(topic: String, through: Int)
  }

  /// Answers with SDP are some 10 KiB; all of those remembered have to stay below this.
  static let maximumBytes = 256 * 1024

  private var answers = FIFO<(id: Int, answer: Answer)>()
  private var bytes = 0
  private var underway: Set<Int> = []
  private var highest = 0
  private let maximumCount: Int

  init(limits: SignallingLimits) { maximumCount = limits.rememberedReplies }

  /// Judges a request by its number.
  mutating func receive(_ id: Int) -> Verdict {
    if id > highest {
      highest = id
      underway.insert(id)
      return .fresh
    }
    if underway.contains(id) { return .underway }
    if let known = answers.elements.last(where: { $0.id == id }) { return .answered(known.answer) }
    return .forgotten
  }

  /// Notes the answer to a request.
  mutating func answer(_ id: Int, with answer: Answer) {
    underway.remove(id)
    answers.append((id, answer))
    bytes += Self.size(answer)
    while answers.count > maximumCount || (bytes > Self.maximumBytes && answers.count > 1) {
      if let oldest = answers.popFirst() { bytes -= Self.size(oldest.answer) }
    }
  }

  /// Notes that a request needs no answer more.
  mutating func discard(_ id: Int) { underway.remove(id) }

  private static func size(_ answer: Answer) -> Int {
    switch answer {
    case .body(let body): body.bytes.count
    case .history(let topic, _): topic.utf8.count
    }
  }
}
