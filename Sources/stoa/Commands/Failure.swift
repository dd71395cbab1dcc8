import Control
import Glibc
import Server

/// How the program says why it ends: one line, and an exit status.
enum Failure {
  /// Exit statuses, as sysexits.h has them.
  enum Status: Int32 {
    case unavailable = 69
    case software = 70
    case configuration = 78
  }

  /// Runs the body; what it throws is printed as one line, and ends the program.
  static func reporting(_ body: () async throws -> Void) async {
    do {
      try await body()
    } catch let error as ConfigurationError {
      exit(.configuration, error.description)
    } catch let error as RESTFailure {
      exit(.unavailable, error.description)
    } catch let error as StoreError {
      exit(.software, error.reason)
    } catch let error as ControlConfiguration.Violation {
      exit(.configuration, "\(error.key): \(error.rule)")
    } catch {
      exit(.software, "\(error)".split(whereSeparator: \.isNewline).joined(separator: " "))
    }
  }

  private static func exit(_ status: Status, _ message: String) -> Never {
    let line = "stoa: \(message)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    Glibc.exit(status.rawValue)
  }
}
