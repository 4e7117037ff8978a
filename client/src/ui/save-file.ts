/** Long enough for a browser to have taken the file. */
const KEEP_MS = 60_000;

/** Hands a text to the browser as a download. */
export function saveTextAsFile(fileName: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
