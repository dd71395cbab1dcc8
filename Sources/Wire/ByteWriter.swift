/// Writes big-endian fields one after another into borrowed memory, and never past its end.
///
/// What does not fit is not written at all and sets `didOverflow`; later writes are refused too, so
/// a caller checks once, at the end. `rewind` forgets both.
public struct ByteWriter: ~Copyable, ~Escapable {
  @usableFromInline var bytes: MutableRawSpan
  /// Bytes written so far.
  public private(set) var count = 0
  /// Something did not fit since the start or the last `rewind`.
  public private(set) var didOverflow = false

  @_lifetime(copy bytes)
  public init(_ bytes: consuming MutableRawSpan) { self.bytes = bytes }

  public var capacity: Int { bytes.byteCount }
  /// Bytes that still fit.
  public var remaining: Int { didOverflow ? 0 : bytes.byteCount - count }

  /// What was written.
  public var written: RawSpan {
    @_lifetime(borrow self) borrowing get { bytes.bytes.extracting(0..<count) }
  }

  @_lifetime(self: copy self)
  public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    guard fits(MemoryLayout<T>.size) else { return }
    bytes.storeBigEndian(value, at: count)
    count += MemoryLayout<T>.size
  }

  /// Writes the lower three bytes of `value`.
  @_lifetime(self: copy self)
  public mutating func append24(_ value: UInt32) {
    guard fits(3) else { return }
    bytes.storeBigEndian(UInt8(truncatingIfNeeded: value >> 16), at: count)
    bytes.storeBigEndian(UInt16(truncatingIfNeeded: value), at: count + 1)
    count += 3
  }

  @_lifetime(self: copy self)
  public mutating func append(contentsOf source: RawSpan) {
    guard fits(source.byteCount) else { return }
    bytes.copy(source, at: count)
    count += source.byteCount
  }

  /// Writes the bytes of `token`, without a terminator.
  @_lifetime(self: copy self)
  public mutating func append(_ token: ShortToken) {
    guard fits(token.count) else { return }
    for index in 0..<token.count { bytes.storeBigEndian(token.byte(at: index), at: count + index) }
    count += token.count
  }

  @_lifetime(self: copy self)
  public mutating func append(utf8 string: String) {
    guard fits(string.utf8.count) else { return }
    for byte in string.utf8 {
      bytes.storeBigEndian(byte, at: count)
      count += 1
    }
  }

  @_lifetime(self: copy self)
  public mutating func appendZeros(_ length: Int) {
    guard fits(length) else { return }
    for index in 0..<length { bytes.storeBigEndian(UInt8(0), at: count + index) }
    count += length
  }

  /// Fills with zeros up to the next multiple of four bytes.
  @_lifetime(self: copy self)
  public mutating func padToWord() { appendZeros((4 - count % 4) % 4) }

  /// Overwrites a field written earlier; ignored if it is not wholly within what was written.
  @_lifetime(self: copy self)
  public mutating func replace<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, with value: T
  ) {
    guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return }
    bytes.storeBigEndian(value, at: offset)
  }

  /// Forgets everything from `length` on, and that something did not fit.
  @_lifetime(self: copy self)
  public mutating func rewind(to length: Int) {
    count = min(max(length, 0), count)
    didOverflow = false
  }

  private mutating func fits(_ length: Int) -> Bool {
    guard !didOverflow, length >= 0, length <= bytes.byteCount - count else {
      didOverflow = true
      return false
    }
    return true
  }
}
