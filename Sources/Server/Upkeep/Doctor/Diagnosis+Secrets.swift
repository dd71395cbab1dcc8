package import FoundationEssentials
import NIOSSL

extension Diagnosis {
  /// Different bytes below which a secret was typed rather than made: 32 hex digits have 14 or so.
  private static let fewestDifferentBytes = 10
  /// A certificate that ends sooner should have been renewed.
  private static let renewalDays = 21

  /// How hard the secret is to guess.
  package static func secret(
    _ credential: Configuration.Credential, isDevelopment: Bool
  ) -> Finding {
    let bytes = Array(credential.secret.value.utf8)
    let cure = "make one: openssl rand -hex 32"
    if credential == .development {
      return .warning(
        "API secret", "it is the one of --dev, which everybody knows",
        cure: "set apiKey and apiSecretFile before others can reach the server")
    }
    let known = ["secret", "changeme", "password", "example", "12345678"]
    let text = credential.secret.value.lowercased()
    if Set(bytes).count < fewestDifferentBytes || known.contains(where: text.contains)
      || text.contains(Configuration.Credential.development.secret.value)
    {
      return .problem("API secret", "it looks easy to guess", cure: cure)
    }
    return .fine("API secret", "\(bytes.count) bytes")
  }

  /// Whether certificate and key are there, belong together, and for how long.
  package static func tls(
    _ configuration: Configuration, at now: Date = .now
  ) -> [Finding] {
    let subject = "TLS"
    guard let files = configuration.tls else {
      guard configuration.publicURL?.hasPrefix("http://") == true, !configuration.isDevelopment
      else {
        return [.fine(subject, "off here; browsers need https outside of localhost")]
      }
      return [
        .warning(
          subject, "publicUrl is http: browsers give pages camera and microphone on https only",
          cure:
            "set tlsCert and tlsKey, or a proxy with https before it and publicUrl to its address"
        )
      ]
    }
    do {
      try files.check()
    } catch {
      return [
        .problem(subject, "\(error.name) \(error.problem)", cure: error.cure ?? "check the file")
      ]
    }
    guard let leaf = try? NIOSSLCertificate.fromPEMFile(files.certificate).first else { return [] }
    let seconds = now.timeIntervalSince1970
    let days = Int((Double(leaf.notValidAfter) - seconds) / 86_400)
    if Double(leaf.notValidBefore) > seconds {
      return [
        .problem(
          subject, "the certificate is not valid yet", cure: "check the clock, or wait for its day")
      ]
    }
    if Double(leaf.notValidAfter) <= seconds {
      return [
        .problem(
          subject, "the certificate ended \(-days) days ago",
          cure: "renew it, and restart the server")
      ]
    }
    if days < renewalDays {
      return [
        .warning(
          subject, "the certificate ends in \(days) days", cure: "renew it, and restart the server")
      ]
    }
    return [.fine(subject, "certificate and key belong together, valid for \(days) days")]
  }
}
