/// Why the server does not start: which setting, what is wrong with it, and what to do.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The setting as the person wrote it: a flag, a variable, or a key with its file.
  package let name: String
  package let problem: String
  package let cure: String?

  package init(_ name: String, _ problem: String, cure: String? = nil) {
    self.name = name
    self.problem = problem
    self.cure = cure
  }

  /// One line, without the program's name.
  package var description: String {
    "\(name): \(problem)" + (cure.map { "; \($0)" } ?? "")
  }
}
