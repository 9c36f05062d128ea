import type { Page } from "playwright-core";
import { expect } from "vitest";

/** More than any page has between its beginning and what a step is after. */
const MAX_TABS = 60;

/** Runs in the page: what labels, or else the text, call the element that has the focus. */
const NAME = `(() => {
  const element = document.activeElement;
  const labels = [...(element.labels ?? [])].map((label) => label.textContent);
  return (element.getAttribute("aria-label") ?? (labels.join(" ") || element.textContent)).trim();
})()`;

/** Runs in the page: whether the element that has the focus looks otherwise without it. */
const IS_SEEN = `(async () => {
  const element = document.activeElement;
  // The frame of some fields is drawn by what is around them.
  const framed = [element];
  while (framed.length < 4) framed.push(framed.at(-1).parentElement ?? element);
  const look = async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const moving = framed.flatMap((each) => each.getAnimations());
    await Promise.allSettled(moving.map(({ finished }) => finished));
    return framed.map((each) => {
      const { outlineStyle, outlineWidth, borderColor, transform } = getComputedStyle(each);
      return [outlineStyle, outlineWidth, borderColor, transform].join();
    }).join();
  };
  const withFocus = await look();
  element.blur();
  const without = await look();
  element.focus({ focusVisible: true });
  return withFocus !== without;
})()`;

/** Somebody without a mouse. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Name of the element that has the focus. */
  async focused(): Promise<string> {
    return (await this.#page.evaluate(NAME)) as string;
  }

  /** Tabs to the element of that name, which must look focused. @throws {Error} naming all that came before */
  async tabTo(name: RegExp): Promise<void> {
    const seen: string[] = [];
    for (let tabs = 0; tabs < MAX_TABS; tabs += 1) {
      const focused = await this.focused();
      if (name.test(focused)) {
        const isSeen = await this.#page.evaluate(IS_SEEN);
        expect({ focused, isSeen }).toEqual({ focused, isSeen: true });
        return;
      }
      seen.push(focused.slice(0, 40));
      await this.#page.keyboard.press("Tab");
    }
    throw new Error(`no ${name} among ${seen.join(" | ")}`);
  }

  async press(name: RegExp): Promise<void> {
    await this.tabTo(name);
    await this.#page.keyboard.press("Enter");
  }

  async type(name: RegExp, text: string): Promise<void> {
    await this.tabTo(name);
    await this.#page.keyboard.type(text);
  }
}
