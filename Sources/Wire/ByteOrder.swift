extension RawSpan {
  /// The big-endian integer at `offset`.
  ///
  /// Traps when out of bounds: callers check lengths first.
  @inlinable
  public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as _: T.Type = T.self
  ) -> T {
    // Safe: `unsafeLoadUnaligned` checks bounds, and every bit pattern is a valid integer.
    unsafe T(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The big-endian integer at `offset`, or `nil` if it does not lie within the span.
  @inlinable
  public func checkedBigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as _: T.Type = T.self
  ) -> T? {
    guard offset >= 0, offset <= byteCount - MemoryLayout<T>.size else { return nil }
    return bigEndian(at: offset)
  }

  /// The three-byte big-endian integer at `offset`.
  ///
  /// Traps when out of bounds: callers check lengths first.
  @inlinable
  public func bigEndian24(at offset: Int) -> UInt32 {
    UInt32(bigEndian(at: offset, as: UInt16.self)) << 8
      | UInt32(bigEndian(at: offset + 2, as: UInt8.self))
  }
}

extension MutableRawSpan {
  /// Writes `value` in network order.
  ///
  /// Traps when out of bounds: callers check lengths first.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func storeBigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _ value: T, at offset: Int
  ) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
  }

  /// Copies all of `source` to `offset`.
  ///
  /// Traps when it does not fit: callers check lengths first.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func copy(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && source.byteCount <= byteCount - offset, "copy out of bounds")
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { bytes in
        guard let from = bytes.baseAddress, let to = target.baseAddress else { return }
        unsafe (to + offset).copyMemory(from: from, byteCount: bytes.count)
      }
    }
  }
}
