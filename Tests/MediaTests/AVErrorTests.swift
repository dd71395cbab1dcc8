import Media
import Testing

@Suite struct AVErrorTests {
  @Test func `an error of libav tells in words what failed`() {
    #expect(throws: AVError(-2, "open file")) { try AVError.check(-2, "open file") }
    #expect(AVError(-2, "open file").description == "open file: No such file or directory (-2)")
  }
}
