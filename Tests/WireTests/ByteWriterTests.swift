import Testing
import Wire

@Suite struct ByteWriterTests {
  @Test func `fields stand one after another in network order`() {
    let bytes = written { writer in
      writer.append(UInt8(1))
      writer.append(UInt16(0x0203))
      writer.append24(0xFF04_0506)
      writer.append(UInt64(0x0708_090A_0B0C_0D0E))
      writer.append(utf8: "é")
      let tail: [UInt8] = [0x55, 0x66]
      writer.append(contentsOf: tail.span.bytes)
      writer.padToWord()
    }

    #expect(bytes == Array(1...14) + [0xC3, 0xA9, 0x55, 0x66, 0, 0])
  }

  @Test func `what does not fit is not written, nor is anything after it`() {
    var didOverflow = false
    var remaining = -1
    let bytes = written(capacity: 5) { writer in
      writer.append(UInt32(0x0102_0304))
      writer.append(UInt16(0x0506))
      writer.append(UInt8(7))
      didOverflow = writer.didOverflow
      remaining = writer.remaining
    }

    #expect(bytes == [1, 2, 3, 4])
    #expect(didOverflow)
    #expect(remaining == 0)
  }

  @Test func `rewinding forgets the overflow and what was written since`() {
    let bytes = written(capacity: 4) { writer in
      writer.append(UInt16(0x0102))
      writer.append(UInt32(9))
      writer.rewind(to: 1)
      writer.append(UInt8(5))
      writer.rewind(to: 100)
      writer.append(UInt8(6))
    }

    #expect(bytes == [1, 5, 6])
  }

  @Test func `replacing stays within what was written`() {
    let bytes = written { writer in
      writer.append(UInt32(0))
      for offset in [-1, 1, 3, 4, Int.max] { writer.replace(at: offset, with: UInt16(0x0102)) }
    }

    #expect(bytes == [0, 1, 2, 0])
  }

  @Test func `lengths below zero and without end overflow`() {
    for length in [-1, Int.min, Int.max] {
      var didOverflow = false
      let bytes = written {
        $0.appendZeros(length)
        didOverflow = $0.didOverflow
      }
      #expect(bytes.isEmpty && didOverflow)
    }
  }
}
