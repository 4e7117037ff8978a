/** Two short tones: high for understood, low for not. Silent where the browser allows no sound yet. */
export function beep(kind: 'understood' | 'unknown'): void {
  if (typeof AudioContext === 'undefined') return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.1;
  tone.frequency.value = kind === 'understood' ? 1_760 : 220;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + (kind === 'understood' ? 0.08 : 0.3));
  tone.addEventListener('ended', () => void audio.close());
}
