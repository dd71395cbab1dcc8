import RTC
import TestSupport
import Testing
import Wire

@Suite struct DTLSHandshakeTests {
  @Test(arguments: [DTLSContext.Versions.only13, .only12, .both])
  func `gives both sides the same keys`(versions: DTLSContext.Versions) throws {
    let pair = try DTLSPair(DTLSParties(versions: versions))

    pair.start()
    pair.run(until: .seconds(10), stopping: \.isConnected)
    // One way 20 ms: 1.3 takes three ways until the server has its keys, 1.2 four; a ClientHello
    // in two datagrams costs nothing more.
    #expect(pair.now <= .milliseconds(versions == .only12 ? 80 : 60))
    pair.run(until: .seconds(10))

    let client = try #require(pair.clientKeys)
    let server = try #require(pair.serverKeys)
    #expect(client.profile == .aeadAES128GCM)
    #expect(server.profile == .aeadAES128GCM)
    #expect(client.localKey == server.remoteKey)
    #expect(client.localSalt == server.remoteSalt)
    #expect(client.remoteKey == server.localKey)
    #expect(client.remoteSalt == server.localSalt)
    #expect(client.localKey != client.remoteKey)
    #expect(client.localKey.count == 16)
    #expect(client.localSalt.count == 12)
    #expect(pair.clientProgress.count == 1)
    #expect(pair.serverProgress.count == 1)
    #expect(pair.client.deadline == nil)
    #expect(pair.server.deadline == nil)
  }

  @Test func `uses record version and messages of DTLS 1.2 when told to`() throws {
    let pair = try DTLSPair(DTLSParties(versions: .only12))

    pair.start()
    pair.run(until: .seconds(10))

    // ServerHello: record header, handshake header, then the version and, in 1.3, an extension.
    let types = pair.serverSent.flatMap(handshakeTypes)
    #expect(types.contains(14))  // ServerHelloDone exists in 1.2 only
    #expect(pair.isConnected)
  }

  @Test func `chooses by the server's order of SRTP profiles`() throws {
    for profile in SRTPProfile.allCases {
      let order = [profile] + SRTPProfile.allCases.filter { $0 != profile }
      let pair = try DTLSPair(DTLSParties(serverProfiles: order))

      pair.start()
      pair.run(until: .seconds(10))

      #expect(pair.clientKeys?.profile == profile)
      #expect(pair.serverKeys?.profile == profile)
      #expect(pair.clientKeys?.localKey.count == profile.keyLength)
      #expect(pair.clientKeys?.localSalt.count == profile.saltLength)
      #expect(pair.clientKeys?.localKey == pair.serverKeys?.remoteKey)
      #expect(pair.clientKeys?.remoteSalt == pair.serverKeys?.localSalt)
    }
  }

  @Test func `fails without a common SRTP profile`() throws {
    let pair = try DTLSPair(
      DTLSParties(clientProfiles: [.aes128CMSHA1_80], serverProfiles: [.aeadAES128GCM]))

    pair.start()
    pair.run(until: .seconds(30))

    #expect(pair.serverProgress == [.failed(.noCommonProfile)])
    #expect(pair.clientKeys == nil)
  }

  @Test(arguments: [DTLSContext.Versions.only13, .only12])
  func `refuses a certificate with another fingerprint and exports nothing`(
    versions: DTLSContext.Versions
  ) throws {
    let stranger = try DTLSIdentity(unixSeconds: 1_800_000_000).fingerprint
    for wrongAtServer in [true, false] {
      let pair = try DTLSPair(
        DTLSParties(versions: versions), clientExpects: wrongAtServer ? nil : [stranger],
        serverExpects: wrongAtServer ? [stranger] : nil)

      pair.start()
      pair.run(until: .seconds(30))

      let refusing = wrongAtServer ? pair.serverProgress : pair.clientProgress
      #expect(refusing == [.failed(.fingerprintMismatch)])
      if !wrongAtServer || versions == .only12 {
        #expect(pair.clientKeys == nil && pair.serverKeys == nil)
      }
      let refused = wrongAtServer ? pair.clientProgress : pair.serverProgress
      #expect(refused.last == .failed(.alert(42)))  // bad_certificate
    }
  }

  @Test func `refuses every certificate when no fingerprint was signalled`() throws {
    let pair = try DTLSPair(DTLSParties(), serverExpects: [])

    pair.start()
    pair.run(until: .seconds(30))

    #expect(pair.serverProgress == [.failed(.fingerprintMismatch)])
  }

  @Test func `accepts a certificate that has one of several fingerprints`() throws {
    let stranger = try DTLSIdentity(unixSeconds: 1_800_000_000).fingerprint
    let parties = try DTLSParties()
    let pair = try DTLSPair(
      parties, clientExpects: [stranger, parties.serverIdentity.fingerprint],
      serverExpects: [parties.clientIdentity.fingerprint, stranger])

    pair.start()
    pair.run(until: .seconds(10))

    #expect(pair.isConnected)
  }

  @Test func `sends no datagram longer than 1200 bytes and a ClientHello in two`() throws {
    let pair = try DTLSPair(DTLSParties())

    pair.start()
    let hello = pair.clientSent.count
    pair.run(until: .seconds(10))

    #expect(hello == 2)  // the ML-KEM key share alone has 1184 bytes
    #expect(pair.isConnected)
    #expect((pair.clientSent + pair.serverSent).allSatisfy { $0.count <= 1200 })
  }

  @Test func `completes whatever order the parts of a ClientHello arrive in`() throws {
    for order in [[0, 1], [1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1, 0]] {
      let pair = try DTLSPair(DTLSParties())
      var hello: [[UInt8]] = []
      _ = pair.client.start(at: pair.now, outgoing: &hello)
      try #require(hello.count == 2)

      for index in order { pair.handleAtServer(hello[index]) }
      pair.run(until: .seconds(10))

      #expect(pair.isConnected, "order \(order)")
    }
  }
}

/// The handshake message types in a datagram of plain-text records (epoch 0).
func handshakeTypes(_ datagram: [UInt8]) -> [UInt8] {
  var types: [UInt8] = []
  var offset = 0
  while offset + 13 < datagram.count {
    let isPlainHandshake = datagram[offset] == 22 && datagram[offset + 4] == 0
    if isPlainHandshake { types.append(datagram[offset + 13]) }
    offset += 13 + Int(datagram[offset + 11]) << 8 + Int(datagram[offset + 12])
  }
  return types
}

extension MonotonicTime {
  static func milliseconds(_ n: Int64) -> Self { Self(nanoseconds: n * 1_000_000) }
}
