import Control

/// Everything that `stoa doctor` can say of a configuration on this machine.
///
/// It changes nothing but for a probe file, and works beside a running server.
package enum Diagnosis {
  /// Looks at everything, in the order a person would.
  package static func findings(_ configuration: Configuration) async -> [Finding] {
    let isRunning = await runs(configuration)
    var findings = [secret(configuration.credential, isDevelopment: configuration.isDevelopment)]
    findings += data(configuration.dataDirectory)
    findings += store(configuration.dataDirectory + "/stoa.db", now: SystemTime.source().wall)
    findings += ports(configuration, isRunning: isRunning)
    findings += addresses(configuration)
    findings += tls(configuration)
    findings += [descriptors(DescriptorLimits.current), segmentation(), receiveBuffer()]
    findings += [clock(SystemTime.source().wall), shards(configuration), web(configuration)]
    return findings
  }
}
