import Control
import Server
import Testing

@Suite struct PrometheusTextTests {
  @Test func `a family has its help, its type and its samples`() {
    var text = PrometheusText()
    text.write("a_total", .counter, "How many.", 3)
    text.write("b", .gauge, "By kind.", [.init(1.5, [("kind", "x")]), .init(-2, [("kind", "y")])])

    #expect(
      text.text == """
        # HELP a_total How many.
        # TYPE a_total counter
        a_total 3
        # HELP b By kind.
        # TYPE b gauge
        b{kind="x"} 1.5
        b{kind="y"} -2

        """)
  }

  @Test func `what a label holds cannot end it, or the line`() {
    var text = PrometheusText()
    text.write("a", .gauge, "Line\nbreak \\ \"quoted\"", [.init(1, [("l", "a\"b\\c\nd")])])
    #expect(
      text.text == #"""
        # HELP a Line\nbreak \\ "quoted"
        # TYPE a gauge
        a{l="a\"b\\c\nd"} 1

        """#)
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1e15, "1000000000000000"), (0.1, "0.1"), (.infinity, "+Inf"),
    (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300"), (0.000012, "1.2e-05"),
  ])
  func `numbers are written as Prometheus reads them`(value: Double, expected: String) {
    var text = PrometheusText()
    text.write("a", .gauge, "h", [.init(value)])
    #expect(text.text.hasSuffix("a \(expected)\n"), "\(text.text)")
  }

  @Test func `a histogram's buckets add up to its count`() {
    let histogram = DurationHistogram()
    for milliseconds in [0, 1, 30, 30, 20_000] { histogram.record(.milliseconds(milliseconds)) }
    var text = PrometheusText()
    text.write("d_seconds", "Time.", [(labels: [("route", "/x")], reading: histogram.reading)])
    let lines = text.text.split(separator: "\n")

    #expect(lines[1] == "# TYPE d_seconds histogram")
    #expect(lines[2] == #"d_seconds_bucket{route="/x",le="0.0005"} 1"#)
    #expect(lines.contains(#"d_seconds_bucket{route="/x",le="0.05"} 4"#))
    #expect(lines.contains(#"d_seconds_bucket{route="/x",le="10"} 4"#))
    #expect(lines.contains(#"d_seconds_bucket{route="/x",le="+Inf"} 5"#))
    #expect(lines.contains(#"d_seconds_count{route="/x"} 5"#))
    #expect(lines.last == #"d_seconds_count{route="/x"} 5"#)
    #expect(lines.filter { $0.contains("_bucket") }.count == DurationHistogram.bounds.count + 1)
    let counts = lines.filter { $0.contains("_bucket") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(counts == counts.sorted())
  }

  @Test func `a family without samples is not written`() {
    var text = PrometheusText()
    text.write("a", .gauge, "h", [])
    text.write("b", "h", [])
    #expect(text.text.isEmpty)
  }
}
