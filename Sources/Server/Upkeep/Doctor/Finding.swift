/// One thing that `stoa doctor` looked at, and what it saw.
package struct Finding: Sendable, Equatable {
  package enum Level: String, Sendable, CaseIterable {
    case fine
    /// It works, but not as well as it could, or not for everybody.
    case warning
    /// The server cannot run so, or loses something.
    case problem
  }

  package let level: Level
  /// What was looked at, in a few words.
  package let subject: String
  /// What was seen.
  package let text: String
  /// What to do about it; `nil` if all is well.
  package let cure: String?

  package static func fine(_ subject: String, _ text: String) -> Finding {
    Finding(level: .fine, subject: subject, text: text, cure: nil)
  }

  package static func warning(_ subject: String, _ text: String, cure: String) -> Finding {
    Finding(level: .warning, subject: subject, text: text, cure: cure)
  }

  package static func problem(_ subject: String, _ text: String, cure: String) -> Finding {
    Finding(level: .problem, subject: subject, text: text, cure: cure)
  }
}
