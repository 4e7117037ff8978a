/**
 * In the page: types the amount of a cash movement into the form once it is empty, as it is again after each one that was saved, and waits until it can be recorded.
 * Text, because the bundler would name what it cannot find there. Answers the button.
 */
export function fillAmount(amount: string): string {
  return `(async () => {
  const button = () => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Record');
  const field = () => [...document.querySelectorAll('label')].find((one) => one.textContent === 'Amount').control;
  // A tab behind another draws no frames.
  const turn = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  while (field().value !== '') await turn();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field(), '${amount}');
  field().dispatchEvent(new Event('input', { bubbles: true }));
  while (button().disabled) await turn();
  return button();
})()`;
}
