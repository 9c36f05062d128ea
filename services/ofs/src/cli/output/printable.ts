/** Controls, those that terminals obey among them, and marks that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes a text of strangers fit for a line of a terminal: anybody can write a message that fails. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "\ufffd");
}
