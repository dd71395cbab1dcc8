import ArgumentParser
import FoundationEssentials
import Glibc
import Server

/// `stoa doctor`: what is wrong with a configuration and this machine, in words.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the configuration and this machine, and say what is wrong and how to cure it.",
    discussion: """
      Takes the same flags, variables and stoa.yaml as `stoa serve`, starts nothing, and works
      beside a running server. Ends with 0 if nothing keeps the server from running well or there
      are warnings only, with 1 if there is a problem.

      Examples:
        stoa doctor
        stoa doctor --config /etc/stoa/stoa.yaml
        stoa doctor --dev --port 9000
        stoa doctor --strict && systemctl restart stoa
      """)

  @Flag(help: "End with 1 for warnings too.") var strict = false
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    let configuration: Configuration
    do {
      configuration = try Configuration(settings)
    } catch {
      // Without a configuration there is nothing else to look at.
      let finding = Finding.problem(
        "configuration", "\(error.name): \(error.problem)",
        cure: error.cure ?? "docs/config.md lists what is possible")
      print(Self.line(finding))
      Glibc.exit(EXIT_FAILURE)
    }
    print(Self.line(.fine("configuration", "understood")))
    let findings = await Diagnosis.findings(configuration)
    for finding in findings { print(Self.line(finding)) }
    let problems = findings.count { $0.level == .problem }
    let warnings = findings.count { $0.level == .warning }
    print("\n\(problems) problems, \(warnings) warnings")
    if problems > 0 || strict && warnings > 0 { Glibc.exit(EXIT_FAILURE) }
  }

  private static func line(_ finding: Finding) -> String {
    let sign =
      switch finding.level {
      case .fine: "ok      "
      case .warning: "warning "
      case .problem: "PROBLEM "
      }
    let cure = finding.cure.map { "\n          cure: \($0)" } ?? ""
    return "\(sign)  \(finding.subject): \(finding.text)\(cure)"
  }
}
