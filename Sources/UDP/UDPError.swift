internal import Glibc

/// A system call that failed for good.
package struct UDPError: Error, Equatable, CustomStringConvertible {
  package enum Operation: String, Sendable {
    case socket, bind, listen, poll, receive, event, thread, process
  }
  package let operation: Operation
  /// A positive `errno` value.
  package let code: Int32
  /// What the operation was about, an address for example.
  package let subject: String

  package init(_ operation: Operation, code: Int32, subject: String = "") {
    self.operation = operation
    self.code = code
    self.subject = subject
  }

  package var description: String {
    let reason = unsafe String(cString: strerror(code))
    return "\(operation.rawValue)\(subject.isEmpty ? "" : " \(subject)"): \(reason)"
  }
}

/// Turns the `-errno` convention of `CLinux` into a thrown error.
@discardableResult
func check(
  _ result: Int32, _ operation: UDPError.Operation, _ subject: @autoclosure () -> String = ""
) throws(UDPError) -> Int32 {
  guard result < 0 else { return result }
  throw UDPError(operation, code: -result, subject: subject())
}
