import Glibc

/// What libFuzzer calls with every input: hands it to the target that `STOA_FUZZ_TARGET` names.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe selectedTarget(UnsafeRawBufferPointer(start: start, count: count).bytes)
  return 0
}

private let selectedTarget: @Sendable (RawSpan) -> Void = {
  let name = unsafe getenv("STOA_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = fuzzTargets[name] else {
    fatalError("no target '\(name)'; there are \(fuzzTargets.keys.sorted())")
  }
  return target
}()
