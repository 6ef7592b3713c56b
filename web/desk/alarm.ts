import { store } from './store.ts';

const KEPT = 'hebra.alarm';
/** Whether a critical case is heard at this desk; it is always seen. */
export const alarm = store(localStorage.getItem(KEPT) !== 'off');
export function setAlarm(on: boolean): void {
  localStorage.setItem(KEPT, on ? 'on' : 'off');
  alarm.set(on);
}

/** Two falling notes. */
const NOTES_HZ = [880, 660];
const NOTE_S = 0.18;
let audio: AudioContext | undefined;

/** Sounds once, unless it is off; a browser that has not been touched yet keeps silent. */
export function soundAlarm(): void {
  if (!alarm.get() || typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  void audio.resume();
  NOTES_HZ.forEach((frequency, i) => {
    const begin = audio!.currentTime + i * NOTE_S * 1.2;
    const tone = new OscillatorNode(audio!, { frequency });
    const volume = new GainNode(audio!, { gain: 0 });
    // an edge would click
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.02);
    volume.gain.linearRampToValueAtTime(0, begin + NOTE_S);
    tone.connect(volume).connect(audio!.destination);
    tone.start(begin);
    tone.stop(begin + NOTE_S);
  });
}
