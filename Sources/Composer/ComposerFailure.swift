/// Why an output cannot begin or go on, in words for the one who asked for it.
struct ComposerFailure: Error, Equatable, Sendable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
