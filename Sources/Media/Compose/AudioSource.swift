/// One source's sound between its arrival and its time.
struct AudioSource {
  /// Frames, 40 ms: a clock further off than that has jumped.
  static let maximumError = Double(AudioSamples.rate) * 0.04
  /// Of a sound's length: 1 % is heard by nobody who does not compare.
  static let maximumStretch = 0.0105
  /// Of the length for each frame of error: 10 ms too early or late cost 1 %, an error falls to a third in a second.
  static let stretchPerFrame = 0.01 / 480
  /// Of the length, from one packet to the next: the pitch glides.
  static let stretchStep = 0.001
  /// Frames of error that are not worth touching the sound for: 1 ms.
  static let tolerance = 48.0
  /// Frames of a fade, 5 ms.
  static let fade = 240

  /// Frames in order of time, from `head` on, the first at `start`.
  private var queue: [Float] = []
  private var head = 0
  private var start: Int64 = 0
  /// The last frames that were added, for a soft end of what breaks off.
  private var recent: [Float] = []
  /// A sound is going on; the next packet is expected at `end`.
  private var isGoingOn = false
  /// Frames by which packets lately came later than expected; negative: earlier.
  private var error = 0.0
  private var stretch = 0.0
  private var interpolator = Interpolator()

  var frameCount: Int { (queue.count - head) / 2 }
  /// The time after the last frame.
  var end: Int64 { start + Int64(frameCount) }

  mutating func add(
    _ samples: AudioSamples, at time: Int64, notBefore limit: Int64?,
    counters: inout AudioMixer.Counters
  ) {
    let horizon = (limit ?? start) + Int64(AudioMixer.maximumAhead)
    if (limit != nil || frameCount > 0) && time + Int64(samples.frameCount) > horizon {
      counters.refusedFrames += samples.frameCount
      return
    }
    if let limit, time + Int64(samples.frameCount) <= limit {
      counters.lateFrames += samples.frameCount
      return
    }
    if isGoingOn, abs(Double(time - end)) > Self.maximumError {
      counters.jumps += 1
      breakOff(before: max(time, limit ?? time))
    }
    if isGoingOn {
      error += (Double(time - end) - error) / 8
      let excess = error - min(max(error, -Self.tolerance), Self.tolerance)
      let wanted = excess * Self.stretchPerFrame
      let next = min(max(wanted, stretch - Self.stretchStep), stretch + Self.stretchStep)
      stretch = min(max(next, -Self.maximumStretch), Self.maximumStretch)
      write(interpolator.stretch(samples, by: stretch), at: end)
    } else {
      error = 0
      stretch = 0
      interpolator = Interpolator()
      var first = samples
      var time = time
      if let limit, time < limit {
        let late = Int(limit - time)
        counters.lateFrames += late
        first.interleaved.removeFirst(late * 2)
        time = limit
      }
      var sound = interpolator.stretch(first, by: 0)
      for frame in 0..<min(Self.fade, sound.count / 2) {
        let gain = Float(frame) / Float(Self.fade)
        sound[2 * frame] *= gain
        sound[2 * frame + 1] *= gain
      }
      if frameCount == 0 || time < start {
        // What waited for a later time has not been heard yet.
        queue.removeAll(keepingCapacity: true)
        head = 0
        start = time
      }
      write(sound, at: time)
      isGoingOn = true
    }
  }

  /// Adds this source's frames to a mix that begins at a time, and forgets them.
  mutating func take(from time: Int64, into mix: inout [Float]) {
    let count = mix.count / 2
    // What breaks off inside of the mix, or right before it, ends softly.
    if isGoingOn, end < time + Int64(count) { breakOff(before: nil) }
    let late = max(0, min(time - start, Int64(frameCount)))
    head += Int(late) * 2
    start += late
    let offset = Int(min(max(start - time, 0), Int64(count)))
    let taken = min(frameCount, count - offset)
    guard taken > 0 else { return compact() }
    queue.withUnsafeBufferPointer { queue in
      mix.withUnsafeMutableBufferPointer { mix in
        for index in 0..<(taken * 2) { mix[offset * 2 + index] += queue[head + index] }
      }
    }
    head += taken * 2
    start += Int64(taken)
    compact()
  }

  /// Nothing more will come.
  mutating func finish() { breakOff(before: nil) }

  /// Lets the sound fade; what comes next begins anew.
  ///
  /// - Parameter time: a sound that begins there is about to be added; what lies behind it goes.
  private mutating func breakOff(before time: Int64?) {
    guard isGoingOn else { return }
    isGoingOn = false
    if let time, time < end {
      let kept = Int(max(0, min(time - start, Int64(frameCount)))) + Self.fade
      let fading = max(0, min(Self.fade, frameCount - (kept - Self.fade)))
      if frameCount > kept { queue.removeLast((frameCount - kept) * 2) }
      for frame in 0..<fading {
        let gain = Float(frame) / Float(Self.fade)
        queue[queue.count - 2 * frame - 2] *= gain
        queue[queue.count - 2 * frame - 1] *= gain
      }
      return
    }
    // The last frames once more, backwards and fading: it goes on from the same value, and sounds alike.
    let count = recent.count / 2
    for frame in 0..<count {
      let gain = 1 - Float(frame + 1) / Float(count + 1)
      let mirrored = recent.count - 2 * (frame + 1)
      queue.append(recent[mirrored] * gain)
      queue.append(recent[mirrored + 1] * gain)
    }
    recent.removeAll(keepingCapacity: true)
  }

  /// Puts frames at a time: after silence if that is later than the end, over what is there if it is earlier.
  private mutating func write(_ sound: [Float], at time: Int64) {
    if time > end { queue.append(contentsOf: repeatElement(0, count: Int(time - end) * 2)) }
    let overlap = min(Int(end - max(time, start)) * 2, sound.count)
    let first = queue.count - Int(end - max(time, start)) * 2
    for index in 0..<overlap { queue[first + index] += sound[index] }
    queue.append(contentsOf: sound[overlap...])
    recent.append(contentsOf: sound.suffix(Self.fade * 2))
    if recent.count > Self.fade * 2 { recent.removeFirst(recent.count - Self.fade * 2) }
  }

  /// Gives back the memory of what was heard, now and then.
  private mutating func compact() {
    guard head > AudioSamples.rate || head == queue.count else { return }
    queue.removeFirst(head)
    head = 0
  }
}

/// Makes sound a little longer or shorter, by a cubic through four neighbours (Catmull-Rom).
struct Interpolator {
  /// The last three frames of what came before.
  private var history = [Float](repeating: 0, count: 6)
  /// Where the next frame is read: in frames after the second of `history` and `samples` together.
  private var phase = 2.0

  /// - Parameter stretch: 0.01 makes a hundred frames of 99; while it has always been 0, nothing is changed.
  mutating func stretch(_ samples: AudioSamples, by stretch: Double) -> [Float] {
    var input = history
    input.reserveCapacity(history.count + samples.frameCount * 2)
    for value in samples.interleaved.prefix(samples.frameCount * 2) {
      input.append(Self.finite(value))
    }
    let count = input.count / 2
    defer {
      history = Array(input.suffix(6))
      phase -= Double(samples.frameCount)
    }
    if stretch == 0, phase == phase.rounded(.down) {
      let first = Int(phase) + 1
      guard first + 2 < count else { return [] }
      phase += Double(count - 2 - first)
      return Array(input[(2 * first)..<(2 * (count - 2))])
    }
    return input.withUnsafeBufferPointer { input in
      resample(input, step: 1 / (1 + stretch), capacity: samples.interleaved.count + 32)
    }
  }

  private mutating func resample(
    _ input: UnsafeBufferPointer<Float>, step: Double, capacity: Int
  ) -> [Float] {
    let count = input.count / 2
    var position = phase
    var output: [Float] = []
    output.reserveCapacity(capacity)
    func frame(_ index: Int) -> SIMD2<Float> { SIMD2(input[2 * index], input[2 * index + 1]) }
    while Int(position) + 3 < count {
      let index = Int(position)
      let t = Float(position - Double(index))
      let (a, b, c, d) = (frame(index), frame(index + 1), frame(index + 2), frame(index + 3))
      let outer: SIMD2<Float> = (d - a) * 0.5 + (b - c) * 1.5
      let inner: SIMD2<Float> = a - b * 2.5 + c * 2 - d * 0.5
      let value: SIMD2<Float> = b + ((c - a) * 0.5 + (inner + outer * t) * t) * t
      output.append(value.x)
      output.append(value.y)
      position += step
    }
    phase = position
    return output
  }

  /// Nothing that is no number, and nothing that would deafen.
  private static func finite(_ value: Float) -> Float { abs(value) <= 4 ? value : 0 }
}
