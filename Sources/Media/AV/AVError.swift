internal import CFFmpeg

/// What libav said when it refused.
package struct AVError: Error, Equatable, Sendable, CustomStringConvertible {
  /// libav's code, negative.
  package let code: Int32
  /// What was being done, for example `open encoder libx264`.
  package let operation: String

  package init(_ code: Int32, _ operation: String) {
    self.code = code
    self.operation = operation
  }

  package var description: String {
    var text = [CChar](repeating: 0, count: 128)
    av_strerror(code, &text, text.count)
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(operation): \(String(decoding: bytes, as: UTF8.self)) (\(code))"
  }

  /// Returns a result that is not negative.
  ///
  /// - Throws: the error that a negative one stands for.
  @discardableResult
  package static func check(
    _ result: Int32, _ operation: @autoclosure () -> String
  )
    throws(AVError) -> Int32
  {
    if result < 0 { throw AVError(result, operation()) }
    return result
  }
}
