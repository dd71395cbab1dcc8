internal import CLinux
internal import Glibc
internal import Wire

/// The message headers of one sendmmsg call, allocated once and pointed at an outbox's bytes.
@safe
struct SendBatch: ~Copyable {
  /// Messages per call; more gain nothing (measured: batching saves 8 % in all).
  static let capacity = 64

  private let messages: UnsafeMutablePointer<stoa_message>
  private let vectors: UnsafeMutablePointer<iovec>
  private let names: UnsafeMutablePointer<sockaddr_in6>
  private let controls: UnsafeMutableRawPointer
  private let segmentSizes: UnsafeMutablePointer<Int>
  /// Messages from here on were not sent yet.
  private(set) var first = 0
  private(set) var end = 0

  init() {
    unsafe messages = .allocate(capacity: Self.capacity)
    unsafe vectors = .allocate(capacity: Self.capacity)
    unsafe names = .allocate(capacity: Self.capacity)
    unsafe segmentSizes = .allocate(capacity: Self.capacity)
    unsafe controls = .allocate(
      byteCount: Self.capacity * Int(STOA_CONTROL_SIZE), alignment: 16)
    unsafe messages.initialize(repeating: stoa_message(), count: Self.capacity)
    unsafe vectors.initialize(repeating: iovec(), count: Self.capacity)
    unsafe names.initialize(repeating: sockaddr_in6(), count: Self.capacity)
    unsafe segmentSizes.initialize(repeating: 0, count: Self.capacity)
    unsafe controls.initializeMemory(
      as: UInt8.self, repeating: 0, count: Self.capacity * Int(STOA_CONTROL_SIZE))
  }

  deinit {
    unsafe messages.deallocate()
    unsafe vectors.deallocate()
    unsafe names.deallocate()
    unsafe segmentSizes.deallocate()
    unsafe controls.deallocate()
  }

  var isEmpty: Bool { first == end }
  var isFull: Bool { end == Self.capacity }

  /// Adds `bytes` as one message: a run of datagrams of `segmentSize` if it is longer than that.
  ///
  /// The bytes must stay where they are until the batch was sent.
  mutating func append(
    _ bytes: UnsafeRawBufferPointer, segmentSize: Int, to address: TransportAddress, family: Int32
  ) {
    guard !isFull else { return }
    let index = end
    unsafe vectors[index] = iovec(
      iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    let nameLength = unsafe stoa_encode_address(
      names + index, family, address.high, address.low, address.port)
    unsafe segmentSizes[index] = segmentSize
    unsafe messages[index].header = msghdr()
    unsafe messages[index].header.msg_name = UnsafeMutableRawPointer(names + index)
    unsafe messages[index].header.msg_namelen = nameLength
    unsafe messages[index].header.msg_iov = vectors + index
    unsafe messages[index].header.msg_iovlen = 1
    if bytes.count > segmentSize {
      unsafe stoa_set_segment(
        messages + index, controls + index * Int(STOA_CONTROL_SIZE),
        UInt16(truncatingIfNeeded: segmentSize))
    }
    end += 1
  }

  /// Sends what is left; the number of messages taken, or `-errno` for the first one left.
  func send(on socket: Int32) -> Int {
    Int(unsafe stoa_send_messages(socket, messages + first, UInt32(end - first)))
  }

  /// Bytes and datagrams of the first `count` messages left.
  func load(ofFirst count: Int) -> (datagrams: Int, bytes: Int) {
    var datagrams = 0
    var bytes = 0
    for index in first..<min(first + count, end) {
      let length = Int(unsafe vectors[index].iov_len)
      let segment = max(unsafe segmentSizes[index], 1)
      datagrams += (length + segment - 1) / segment
      bytes += length
    }
    return (datagrams, bytes)
  }

  /// Sends the first message left as separate datagrams; the number the kernel took.
  func sendFirstSingly(on socket: Int32) -> Int {
    guard !isEmpty, let start = unsafe vectors[first].iov_base else { return 0 }
    let length = Int(unsafe vectors[first].iov_len)
    let segment = max(unsafe segmentSizes[first], 1)
    var sent = 0
    var offset = 0
    while offset < length {
      var vector = unsafe iovec(iov_base: start + offset, iov_len: min(segment, length - offset))
      let result = unsafe withUnsafeMutablePointer(to: &vector) { vector in
        var message = unsafe stoa_message()
        unsafe message.header.msg_name = UnsafeMutableRawPointer(names + first)
        unsafe message.header.msg_namelen = messages[first].header.msg_namelen
        unsafe message.header.msg_iov = vector
        unsafe message.header.msg_iovlen = 1
        return unsafe stoa_send_messages(socket, &message, 1)
      }
      if result == 1 { sent += 1 }
      offset += segment
    }
    return sent
  }

  mutating func removeFirst(_ count: Int) { first = min(first + count, end) }

  mutating func removeAll() {
    first = 0
    end = 0
  }
}
