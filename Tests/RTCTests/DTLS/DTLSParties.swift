import RTC

/// The identities and contexts of a client and a server, made once for many handshakes.
final class DTLSParties {
  let clientIdentity: DTLSIdentity
  let serverIdentity: DTLSIdentity
  let clientContext: DTLSContext
  let serverContext: DTLSContext

  init(
    versions: DTLSContext.Versions = .both,
    clientProfiles: [SRTPProfile] = DTLSParties.profiles,
    serverProfiles: [SRTPProfile] = DTLSParties.profiles
  ) throws {
    clientIdentity = try DTLSIdentity(unixSeconds: 1_800_000_000)
    serverIdentity = try DTLSIdentity(unixSeconds: 1_800_000_000)
    clientContext = try DTLSContext(
      identity: clientIdentity, versions: versions, profiles: clientProfiles)
    serverContext = try DTLSContext(
      identity: serverIdentity, versions: versions, profiles: serverProfiles)
  }

  static let profiles: [SRTPProfile] = [.aeadAES128GCM, .aeadAES256GCM, .aes128CMSHA1_80]
}
