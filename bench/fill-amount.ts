/**
 * In the page: types 1.00 as the amount of a cash movement and waits until it can be recorded; the form is empty again after each one. Text, because the bundler
 * would name what it cannot find there. Answers the button.
 */
export const FILL_AMOUNT = `(async () => {
  const button = () => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Record');
  const label = [...document.querySelectorAll('label')].find((one) => one.textContent === 'Amount');
  if (!label) throw new Error('there is no amount to type');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(label.control, '1.00');
  label.control.dispatchEvent(new Event('input', { bubbles: true }));
  while (!button() || button().disabled) await new Promise(requestAnimationFrame);
  return button();
})()`;
