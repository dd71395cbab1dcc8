import ArgumentParser
import FoundationEssentials
import Server
import Testing
import stoa

@Suite struct SettingTests {
  @Test func `names follow from the key`() {
    #expect(Setting.udpPort.environmentName == "STOA_UDP_PORT")
    #expect(Setting.udpPort.flag == "udp-port")
    #expect(Setting.maxParticipantsPerRoom.flag == "max-participants-per-room")
    #expect(Setting.bind.environmentName == "STOA_BIND")
    #expect(Setting.apiSecret.flag == nil)
  }

  @Test func `every setting with a flag can be given to serve, with its meaning in the help`()
    throws
  {
    let help = ServeCommand.helpMessage(columns: 10_000)
    for setting in Setting.allCases {
      guard let flag = setting.flag else { continue }
      #expect(help.contains("--\(flag)"), "\(setting)")
      #expect(help.contains(setting.meaning), "\(setting)")
      let arguments = setting.kind == .toggle ? ["--\(flag)"] : ["--\(flag)", "value"]
      let options = try SettingOptions.parse(arguments)
      #expect(options.given == [setting: setting.kind == .toggle ? "true" : "value"])
    }
  }

  @Test func `the documentation is what the program says`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/config.md"), encoding: .utf8)
    #expect(page == Setting.reference, "run: stoa settings > docs/config.md")
    for setting in Setting.allCases {
      #expect(page.contains("| `\(setting.key)` | `\(setting.environmentName)` |"))
    }
  }
}

@Suite struct ConfigurationFileTests {
  private func read(_ text: String, mode: Int = 0o600) throws -> [(key: String, values: [String])] {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write(text, to: "stoa.yaml", mode: mode)
    return try ConfigurationFile(named: folder.path + "/stoa.yaml").values
  }

  private func refusal(_ text: String, mode: Int = 0o600) -> String? {
    do {
      _ = try read(text, mode: mode)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `values and lists are read as they are written`() throws {
    let values = try read(
      """
      # comment
      port: 0443
      apiKey: "k:1"
      announce: [192.0.2.1, 2001:db8::1]
      dev: true
      """)
    #expect(values.map(\.key) == ["port", "apiKey", "announce", "dev"])
    #expect(values.map(\.values) == [["0443"], ["k:1"], ["192.0.2.1", "2001:db8::1"], ["true"]])
  }

  @Test func `an empty file sets nothing`() throws {
    #expect(try read("").isEmpty)
    #expect(try read("# nothing\n").isEmpty)
  }

  @Test(arguments: [
    ("- a\n- b", "'setting: value'"), ("port: {a: 1}", "'port'"), ("port: [[1]]", "'port'"),
    ("port: [", "is not YAML"), ("port: 1\nport: 2", "YAML"), ("just text", "'setting: value'"),
  ])
  func `what is no list of settings is refused in one line`(text: String, expected: String) {
    let message = refusal(text)
    #expect(message?.contains(expected) == true, "\(message ?? "accepted")")
    #expect(message?.contains("\n") == false)
  }

  @Test func `a secret in a file that everybody can read is refused`() {
    let text = "apiSecret: " + String(repeating: "s", count: 40)
    #expect(refusal(text, mode: 0o644)?.contains("chmod 640") == true)
    #expect(refusal(text, mode: 0o640) == nil)
    #expect(refusal("port: 1", mode: 0o644) == nil)
  }

  @Test func `a file that was named must be there`() {
    #expect(throws: ConfigurationError.self) {
      try ConfigurationFile(named: "/nonexistent/stoa.yaml")
    }
  }
}
