// An application that embeds the SDK: joins a room with what the test gives, keeps every event.
'use strict';
(() => {
  const call = { events: [], messages: [], streams: new Map(), joinedAt: null };
  window.call = call;
  const log = (name, detail = null) => call.events.push({ name, detail, at: performance.now() });

  const watchStreams = (participant) => {
    for (const [id, stream] of participant.streams ?? []) call.streams.set(id, `${participant.displayName}/${stream.kind}`);
    participant.on('stream-enabled', (stream) => {
      call.streams.set(stream.id, `${participant.displayName}/${stream.kind}`);
      log('stream-enabled', { participant: participant.displayName, kind: stream.kind });
    });
    participant.on('stream-disabled', (stream) => {
      call.streams.delete(stream.id);
      log('stream-disabled', { participant: participant.displayName, kind: stream.kind });
    });
  };

  // Loads the SDK from the server under test, as an application on another origin does.
  call.load = (server) => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${server}/sdk/videosdk.js`;
    script.onload = () => resolve(true);
    script.onerror = () => reject(new Error(`${script.src} does not load`));
    document.head.append(script);
  });

  call.prepare = ({ token, ...parameters }) => {
    VideoSDK.config(token);
    const meeting = call.meeting = VideoSDK.initMeeting(parameters);
    for (const name of ['meeting-joined', 'speaker-changed', 'presenter-changed', 'meeting-left']) {
      meeting.on(name, (value) => log(name, value ?? null));
    }
    meeting.on('meeting-state-changed', (change) => log('meeting-state-changed', change.state));
    meeting.on('error', ({ code, name, message }) => log('error', { code, name, message }));
    meeting.on('participant-joined', (participant) => {
      watchStreams(participant);
      log('participant-joined', { id: participant.id, name: participant.displayName });
    });
    meeting.on('participant-left', (participant) => {
      log('participant-left', { id: participant.id, name: participant.displayName });
    });
    return true;
  };

  // Without echo cancellation and the like a tone stays as it is.
  call.capture = async ({ audio = true, video = true } = {}) => navigator.mediaDevices.getUserMedia({
    audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    video: video && { width: 640, height: 360, frameRate: 30 },
  });

  // A picture made by the page, for a browser whose fake camera is not a file. Its fake microphone
  // has the tone.
  call.paint = async (colour) => {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext('2d');
    let number = 0;
    setInterval(() => {
      context.fillStyle = `rgb(${colour.join(',')})`;
      context.fillRect(0, 0, 640, 240);
      for (let bit = 0; bit < 6; bit++) {
        context.fillStyle = number >> bit & 1 ? 'white' : 'black';
        context.fillRect((640 * bit) / 6, 240, 640 / 6, 120);
      }
      number++;
    }, 1000 / 30);
    const microphone = await call.capture({ video: false });
    return new MediaStream([...canvas.captureStream(30).getTracks(), ...microphone.getTracks()]);
  };

  // A picture that is white for a tenth of every second, and a tone of 2 kHz in the same tenth. The picture
  // follows the clock of the sound, so that whatever is between them in a recording came on the way. It is
  // drawn half a frame and half an interval early: that much later it is captured, on average.
  call.flash = async () => {
    const sound = new AudioContext({ sampleRate: 48_000 });
    const tone = new OscillatorNode(sound, { frequency: 2_000 });
    const gain = new GainNode(sound, { gain: 0 });
    const output = sound.createMediaStreamDestination();
    tone.connect(gain).connect(output);
    tone.start();
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext('2d', { desynchronized: true });
    const early = 0.5 / 30 + 0.005;
    let scheduled = Math.ceil(sound.currentTime) + 1;
    setInterval(() => {
      const now = sound.currentTime;
      while (scheduled < now + 2) {
        gain.gain.setValueAtTime(0.5, scheduled);
        gain.gain.setValueAtTime(0, scheduled + 0.1);
        scheduled++;
      }
      context.fillStyle = now > 1 && (now + early) % 1 < 0.1 ? 'white' : 'rgb(40, 40, 60)';
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = 'rgb(90, 90, 90)';  // something that moves: no frame equals the last
      context.fillRect((now * 200) % 620, 340, 20, 20);
    }, 10);
    return new MediaStream([...canvas.captureStream(30).getTracks(), ...output.stream.getTracks()]);
  };

  call.join = async ({ own, colour, ...parameters }) => {
    const stream = own === 'paint' ? await call.paint(colour)
      : own === 'flash' ? await call.flash()
      : own === 'capture' ? await call.capture() : null;
    const part = (tracks) => (tracks?.length ? new MediaStream(tracks) : undefined);
    call.prepare({
      micEnabled: Boolean(stream), webcamEnabled: Boolean(stream), ...parameters,
      customMicrophoneAudioTrack: part(stream?.getAudioTracks()),
      customCameraVideoTrack: part(stream?.getVideoTracks()),
    });
    await call.meeting.join();
    return call.meeting.localParticipant.id;
  };

  call.names = (name) => call.events.filter((event) => event.name === name);
  call.others = () => [...call.meeting.participants.values()]
    .filter((each) => each.id !== call.meeting.localParticipant.id)
    .map((each) => ({ id: each.id, name: each.displayName, kinds: [...each.streams.values()].map((s) => s.kind).sort() }));
  call.subscribe = async (topic) => {
    const listener = (message) => call.messages.push(message);
    const history = await call.meeting.pubSub.subscribe(topic, listener);
    return history ?? null;
  };
})();
