/// A message that parses has all its ranges within it and can be checked and answered.
func fuzzSTUN(_ bytes: RawSpan) {
  _ = DatagramKind(bytes)
  guard let message = try? STUNMessageView(parsing: bytes) else { return }
  if let username = message.username { precondition(bytes.contains(username)) }
  if let integrity = message.integrity { precondition(bytes.contains(integrity.coveredRange)) }
  _ = message.usernameFragments
  _ = message.hasValidFingerprint
  guard let address = message.xorMappedAddress else { return }
  var writer = STUNMessageWriter(.success, transactionID: message.transactionID)
  writer.appendXORMappedAddress(address)
  writer.appendFingerprint()
  let answer = writer.bytes
  guard let parsed = try? STUNMessageView(parsing: answer.span.bytes) else {
    fatalError("our own answer does not parse")
  }
  precondition(parsed.xorMappedAddress == address && parsed.hasValidFingerprint == true)
}

/// Bytes reach the chunks whether or not the fuzzer finds the checksum.
func fuzzSCTP(_ bytes: RawSpan) {
  walkSCTP(bytes)
  guard bytes.byteCount >= SCTPPacketView.headerLength else { return }
  var copy = bytes.copied
  let crc = SCTPPacketView.checksum(of: bytes)
  for index in 0..<4 { copy[8 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(8 * index)) }
  walkSCTP(copy.span.bytes)
}

private func walkSCTP(_ bytes: RawSpan) {
  _ = DataChannelMessage(parsing: bytes)
  guard let packet = try? SCTPPacketView(parsing: bytes) else { return }
  packet.forEachChunk { chunk in
    if let data = SCTPDataChunk(parsing: chunk) {
      let payload = chunk.bytes.extracting(data.dataRange)
      if case .open(let open) = DataChannelMessage(parsing: payload) { rewrite(open) }
    }
    SCTPSelectiveAck(parsing: chunk)?.forEachGapBlock { precondition($0 <= $1) }
    for offset in [4, 8, 12, 16, 20] { chunk.forEachParameter(from: offset) { _, _ in } }
  }
}

private func rewrite(_ open: DataChannelOpen) {
  var bytes = [UInt8](repeating: 0, count: 12 + open.label.utf8.count + open.subprotocol.utf8.count)
  do {
    var span = bytes.mutableSpan
    var writer = ByteWriter(span.mutableBytes)
    writer.append(open)
    precondition(!writer.didOverflow)
  }
  precondition(DataChannelMessage(parsing: bytes.span.bytes) == .open(open))
}

/// A description that parses is written as text that parses to the same description.
func fuzzSDP(_ bytes: RawSpan) {
  let text = String(decoding: bytes.copied, as: UTF8.self)
  _ = CandidateAttribute(parsing: text)
  if let address = TransportAddress(address: text, port: 1) {
    precondition(TransportAddress(address: address.addressText, port: 1) == address)
  }
  guard let session = try? SessionDescription(parsing: text) else { return }
  for media in session.media {
    _ = media.extensionMap
    for codec in media.codecs { _ = media.retransmission(of: codec.payloadType) }
  }
  let written = session.text
  guard let again = try? SessionDescription(parsing: written) else {
    fatalError("our own text does not parse:\n\(written)")
  }
  precondition(again == session, "changed by writing:\n\(written)")
}
