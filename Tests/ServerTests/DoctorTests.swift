import Control
import FoundationEssentials
import Server
import Signal
import Testing

@Suite struct DoctorTests {
  private func configuration(_ settings: [Setting: String]) throws -> Configuration {
    let values = try SettingValues(
      flags: ConfigurationTests.deployment.merging(settings) { $1 }, environment: [:], file: [],
      path: "none")
    return try Configuration(values, processors: 2)
  }

  private func secret(_ text: String) throws -> Finding {
    Diagnosis.secret(try configuration([.apiSecret: text]).credential, isDevelopment: false)
  }

  @Test func `a secret that was typed is a problem, one that was made is fine`() throws {
    #expect(try secret(String(repeating: "ab", count: 20)).level == .problem)
    #expect(try secret("my-super-secret-password-of-32-characters").level == .problem)
    #expect(
      try secret("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").level == .fine)
    let finding = try secret(String(repeating: "ab", count: 20))
    #expect(finding.cure?.contains("openssl") == true)
    #expect(!finding.text.contains("abab"))
  }

  private func addresses(_ settings: [Setting: String], own: [String]) throws -> [Finding.Level] {
    Diagnosis.addresses(try configuration(settings), own: own).map(\.level)
  }

  @Test func `addresses that browsers cannot reach are told`() throws {
    #expect(try addresses([:], own: ["10.0.0.5", "192.168.1.2", "fd00::1"]) == [.warning])
    #expect(try addresses([:], own: ["10.0.0.5", "203.0.113.7"]) == [.fine])
    #expect(try addresses([:], own: ["2001:db8::1"]) == [.fine])
    #expect(try addresses([.announce: "203.0.113.7"], own: ["10.0.0.5"]) == [.fine])
    #expect(try addresses([.announce: "127.0.0.1"], own: []) == [.problem])
    #expect(try addresses([.announce: "0.0.0.0"], own: []) == [.problem])
    #expect(try addresses([.announce: "224.0.0.1,203.0.113.7"], own: []) == [.problem])
    #expect(try addresses([.announce: "10.0.0.5"], own: []) == [.fine])
    #expect(
      try addresses([.announce: "10.0.0.5", .publicUrl: "https://meet.example.com"], own: [])
        == [.warning])
    #expect(try addresses([.dev: "true"], own: ["10.0.0.5"]) == [.fine])
  }

  @Test func `few descriptors are told, with the cure`() {
    #expect(Diagnosis.descriptors(DescriptorLimits(hard: 100)).level == .problem)
    #expect(Diagnosis.descriptors(DescriptorLimits(hard: 1_024)).level == .warning)
    #expect(Diagnosis.descriptors(DescriptorLimits(hard: 65_536)).level == .fine)
    #expect(
      Diagnosis.descriptors(DescriptorLimits(hard: 100)).cure?.contains("LimitNOFILE") == true)
  }

  @Test func `a data folder is looked at without being made`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let absent = Diagnosis.data(folder.path + "/data")
    #expect(absent.map(\.level) == [.fine])
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/data"))
    #expect(Diagnosis.data(folder.path + "/no/such/place").map(\.level) == [.problem])

    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    #expect(Diagnosis.data(folder.path).first?.cure == "chmod 700 \(folder.path)")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    #expect(Diagnosis.data(folder.path).allSatisfy { $0.subject == "disk" })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    try folder.write("x", to: "file")
    #expect(Diagnosis.data(folder.path + "/file").map(\.level) == [.problem])
  }

  @Test func `a damaged store is a problem, none is not`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let now = SystemTime.source().wall
    #expect(Diagnosis.store(folder.path + "/stoa.db", now: now).map(\.level) == [.fine])
    try folder.write(String(repeating: "no database ", count: 500), to: "stoa.db")
    #expect(Diagnosis.store(folder.path + "/stoa.db", now: now).map(\.level) == [.problem])
  }

  @Test func `a clock in the past is a problem`() {
    #expect(Diagnosis.clock(Timestamp(milliseconds: 1_000_000)).level == .problem)
    #expect(Diagnosis.clock(SystemTime.source().wall).level != .problem)
  }

  @Test func `a certificate that ended, or will soon, is told`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write(TestCertificate.certificate, to: "cert.pem")
    try folder.write(TestCertificate.key, to: "key.pem")
    let certificate = folder.path + "/cert.pem"
    let configuration = try configuration([
      .tlsCert: certificate, .tlsKey: folder.path + "/key.pem",
    ])
    func level(_ date: Date) -> [Finding.Level] {
      Diagnosis.tls(configuration, at: date).map(\.level)
    }
    #expect(level(Date(timeIntervalSince1970: 1_800_000_000)) == [.fine])  // 2027
    #expect(level(Date(timeIntervalSince1970: 4_948_500_000)) == [.warning])  // days before its end
    #expect(level(Date(timeIntervalSince1970: 0)) == [.problem])
    #expect(level(Date(timeIntervalSince1970: 9e9)) == [.problem])

    try folder.write("no key", to: "other.pem")
    let broken = try self.configuration([
      .tlsCert: certificate, .tlsKey: folder.path + "/other.pem",
    ])
    #expect(Diagnosis.tls(broken, at: .now).map(\.level) == [.problem])
  }
}
